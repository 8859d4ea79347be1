"""The pages a person sees: consent, logout, and the parts of the web app that links lead to (§4)."""

"""The pages a person sees: consent, logout, and what links to the web app lead to (§4)."""

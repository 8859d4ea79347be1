"""Globus Auth in the details that the official client does not look at (§1)."""

from __future__ import annotations

import base64
import json
from html.parser import HTMLParser
from urllib.parse import urlencode

import globus_sdk
import jwt
import pytest
import requests

from standin_harness import (
    ALICE, ALICE_HPC, BOB, CALLBACK, CLIENT_ID, CLIENT_SECRET, LAPTOP, NERO, REGISTRY, SCOPES,
    SHERLOCK, STANFORD_GUEST, TRANSFER_ALL, Standin, callback_fields, follow_to_callback, login,
    transfer_client, transfer_token,
)

SIX_PATHS = ["/globus_auth/login", "/globus_auth/login/", "/complete/globus/", "/complete/globus",
             "/globus/login/", "/globus/login"]


def authorize_url(standin: Standin, **changes: str | None) -> str:
    fields: dict[str, str | None] = {
        "client_id": CLIENT_ID, "redirect_uri": CALLBACK, "scope": " ".join(SCOPES), "state": "s1",
        "response_type": "code", "access_type": "offline", **changes}
    query = urlencode({name: value for name, value in fields.items() if value is not None})
    return f"{standin.url}/v2/oauth2/authorize?{query}"


def token_call(standin: Standin, secret: str = CLIENT_SECRET, **form: str) -> requests.Response:
    return requests.post(f"{standin.url}/v2/oauth2/token", data=form, auth=(CLIENT_ID, secret), timeout=10)


def a_code(standin: Standin) -> str:
    standin.control("auto", identity=ALICE)
    return follow_to_callback(authorize_url(standin))["code"]


class Buttons(HTMLParser):
    """The named buttons of a page, with their texts and values."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[str, tuple[str, str]] = {}
        self.hidden: dict[str, str] = {}
        self._open: dict[str, str | None] | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        fields = dict(attributes)
        if tag == "button":
            self._open = fields
        if tag == "input" and fields.get("type") == "hidden":
            self.hidden[fields["name"] or ""] = fields["value"] or ""

    def handle_data(self, text: str) -> None:
        if self._open:
            self.found[text] = (self._open["name"] or "", self._open["value"] or "")
            self._open = None


def test_the_consent_page_offers_each_person_and_a_way_out(standin: Standin) -> None:
    page = requests.get(authorize_url(standin), timeout=10)
    assert page.status_code == 200
    assert "<h1>Log in to use Singularity Registry</h1>" in page.text
    buttons = Buttons(page.text)
    assert list(buttons.found) == ["Continue as alice@uni.example", "Continue as bob@uni.example",
                                   "Continue as carol@uni.example", "Deny"]
    for label, answer in (("Continue as bob@uni.example", "code"), ("Deny", "error")):
        name, value = buttons.found[label]
        decision = requests.post(f"{standin.url}/v2/oauth2/authorize", timeout=10,
                                 data={**buttons.hidden, name: value}, allow_redirects=False)
        fields = callback_fields(decision.headers["Location"])
        assert answer in fields and fields["state"] == "s1"
    assert fields["error"] == "access_denied"


def test_the_consent_page_says_what_a_login_was_asked_for(standin: Standin) -> None:
    page = requests.get(authorize_url(
        standin, session_message="Please prove <it>", session_required_single_domain="hpc.example",
        scope=f"{TRANSFER_ALL}[*https://auth.globus.org/scopes/{SHERLOCK}/data_access]"), timeout=10)
    assert "Please prove &lt;it&gt;" in page.text
    assert "hpc.example" in page.text
    assert "Stanford SRCC Sherlock" in page.text


@pytest.mark.parametrize("changes", [
    {"redirect_uri": f"{REGISTRY}/globus/login/x"},
    {"redirect_uri": "https://elsewhere.example/globus/login/"},
    {"client_id": "no-such-client"},
    {"scope": "openid no-such-scope"},
    {"scope": ""},
    {"scope": f"{TRANSFER_ALL}[*https://auth.globus.org/scopes/{STANFORD_GUEST}/data_access]"},
    {"scope": f"{TRANSFER_ALL}[*https://auth.globus.org/scopes/{LAPTOP}/data_access]"},
    {"scope": f"{TRANSFER_ALL}[*https://auth.globus.org/scopes/{NERO}/data_access]"},
    {"scope": f"{TRANSFER_ALL}[openid"},
    {"response_type": "token"},
    {"code_challenge": "x" * 43, "code_challenge_method": "plain"},
], ids=str)
def test_dead_ends_send_nobody_back(standin: Standin, changes: dict[str, str]) -> None:
    standin.control("auto", identity=ALICE)
    answer = requests.get(authorize_url(standin, **changes), allow_redirects=False, timeout=10)
    assert answer.status_code == 400
    assert "Location" not in answer.headers


@pytest.mark.parametrize("base", [REGISTRY, REGISTRY.replace("127.0.0.1", "localhost")])
@pytest.mark.parametrize("path", SIX_PATHS)
def test_the_six_callback_paths_are_registered(standin: Standin, base: str, path: str) -> None:
    standin.control("auto", identity=ALICE)
    answer = requests.get(authorize_url(standin, redirect_uri=base + path), allow_redirects=False, timeout=10)
    assert answer.headers["Location"].startswith(f"{base}{path}?code=")


def test_state_can_be_wrong_or_missing(standin: Standin) -> None:
    standin.control("auto", identity=ALICE, state="other")
    assert follow_to_callback(authorize_url(standin))["state"] == "other"
    standin.control("auto", identity=ALICE, state=None)
    assert "state" not in follow_to_callback(authorize_url(standin))
    standin.control("auto", deny=True)
    assert follow_to_callback(authorize_url(standin))["error"] == "access_denied"


def test_the_authorize_request_is_on_record(standin: Standin) -> None:
    standin.control("auto", identity=ALICE)
    follow_to_callback(authorize_url(standin, prompt="login", session_required_mfa="true"))
    entry = standin.calls("authorize")[0]
    assert entry["identity"] == ALICE
    for part in ("access_type=offline", "prompt=login", "session_required_mfa=true", "state=s1"):
        assert part in entry["query"]


def test_a_code_works_once(standin: Standin) -> None:
    form = {"grant_type": "authorization_code", "code": a_code(standin), "redirect_uri": CALLBACK}
    assert token_call(standin, **form).status_code == 200
    again = token_call(standin, **form)
    assert (again.status_code, again.json()) == (400, {"error": "invalid_grant"})


def test_a_code_works_for_ten_minutes(standin: Standin) -> None:
    code = a_code(standin)
    standin.control("clock", advance_s=601)
    answer = token_call(standin, grant_type="authorization_code", code=code, redirect_uri=CALLBACK)
    assert answer.json() == {"error": "invalid_grant"}


def test_a_code_is_bound_to_its_redirect_uri(standin: Standin) -> None:
    answer = token_call(standin, grant_type="authorization_code", code=a_code(standin),
                        redirect_uri=CALLBACK.rstrip("/"))
    assert answer.json() == {"error": "invalid_grant"}


def test_the_status_of_invalid_grant_can_be_401(standin: Standin) -> None:
    standin.control("settings", invalid_grant_status=401)
    answer = token_call(standin, grant_type="refresh_token", refresh_token="none")
    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_grant"})


@pytest.mark.parametrize(("form", "status", "error"), [
    ({"grant_type": "client_credentials", "scope": "nothing"}, 400, "invalid_scope"),
    ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ({}, 400, "unsupported_grant_type"),
])
def test_token_errors(standin: Standin, form: dict[str, str], status: int, error: str) -> None:
    answer = token_call(standin, **form)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_a_wrong_secret(standin: Standin) -> None:
    answer = token_call(standin, secret="guess", grant_type="refresh_token", refresh_token="x")
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_only_an_offline_login_gets_refresh_tokens(standin: Standin) -> None:
    for entry in login(standin, offline=False).by_resource_server.values():
        assert not entry["refresh_token"]


def test_either_token_can_be_on_top(standin: Standin) -> None:
    assert login(standin)["resource_server"] == "auth.globus.org"
    standin.control("settings", transfer_token_first=True)
    tokens = login(standin)
    assert tokens["resource_server"] == "transfer.api.globus.org"
    assert tokens.decode_id_token()["sub"] == ALICE
    assert login(standin, scopes=[TRANSFER_ALL])["other_tokens"] == []


def test_access_tokens_expire(standin: Standin) -> None:
    tokens = login(standin)
    assert tokens["expires_in"] == 172800
    client = transfer_client(transfer_token(tokens))
    assert client.get_endpoint(LAPTOP)["id"] == LAPTOP
    standin.control("clock", advance_s=172800)
    with pytest.raises(globus_sdk.TransferAPIError) as caught:
        client.get_endpoint(LAPTOP)
    assert (caught.value.http_status, caught.value.code) == (401, "ClientError.AuthenticationFailed")


def test_refresh_tokens_rotate_when_asked_to(standin: Standin) -> None:
    token = login(standin).by_resource_server["transfer.api.globus.org"]["refresh_token"]
    client = standin.auth_client()
    assert client.oauth2_refresh_token(token)["refresh_token"] == token
    standin.control("settings", rotate_refresh_tokens=True)
    rotated = client.oauth2_refresh_token(token)
    assert rotated["refresh_token"] != token
    assert rotated["other_tokens"] == []
    with pytest.raises(globus_sdk.AuthAPIError):
        client.oauth2_refresh_token(token)


def test_a_client_token_acts_as_the_application(standin: Standin) -> None:
    answer = standin.auth_client().oauth2_client_credentials_tokens(TRANSFER_ALL)
    assert answer["resource_server"] == "transfer.api.globus.org"
    assert "refresh_token" not in answer.data
    claims = standin.auth_client().oauth2_token_introspect(answer["access_token"])
    assert claims["sub"] == CLIENT_ID


def test_introspection_and_userinfo(standin: Standin) -> None:
    scopes = [*SCOPES, "urn:globus:auth:scope:auth.globus.org:view_identity_set"]
    tokens = login(standin, scopes=scopes)
    answer = standin.auth_client().oauth2_token_introspect(
        tokens["access_token"], include="identity_set,session_info")
    assert answer["active"] and answer["username"] == "alice@uni.example"
    assert answer["identity_set"] == [ALICE, ALICE_HPC]
    assert list(answer["session_info"]["authentications"]) == [ALICE]
    claims = globus_sdk.AuthClient(
        authorizer=globus_sdk.AccessTokenAuthorizer(tokens["access_token"])).userinfo()
    assert claims["email"] == "alice@uni.example"
    assert [i["username"] for i in claims["identity_set"]] == ["alice@uni.example", "alice@hpc.example"]


@pytest.mark.parametrize(("scopes", "status"), [([TRANSFER_ALL], 401), (["email", TRANSFER_ALL], 403)])
def test_userinfo_needs_an_auth_token_with_openid(
        standin: Standin, scopes: list[str], status: int) -> None:
    token = login(standin, scopes=scopes)["access_token"]
    answer = requests.get(f"{standin.url}/v2/oauth2/userinfo", timeout=10,
                          headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == status
    assert answer.json()["errors"][0]["status"] == str(status)


@pytest.mark.parametrize(("fault", "error"), [
    ("aud", jwt.InvalidAudienceError), ("exp", jwt.ExpiredSignatureError),
    ("alg", jwt.InvalidAlgorithmError), ("signature", jwt.InvalidSignatureError),
])
def test_spoiled_id_tokens_are_refused(standin: Standin, fault: str, error: type[Exception]) -> None:
    standin.control("settings", id_token_fault=fault)
    with pytest.raises(error):
        login(standin).decode_id_token()


@pytest.mark.parametrize(("fault", "claim"), [("iss", "iss"), ("nonce", "nonce")])
def test_faults_that_only_the_application_can_see(standin: Standin, fault: str, claim: str) -> None:
    standin.control("settings", id_token_fault=fault)
    claims = login(standin, nonce="mine").decode_id_token()
    assert claims[claim] not in ("mine", standin.url)


def test_keys_with_and_without_ids_and_after_a_rotation(standin: Standin) -> None:
    jwks = f"{standin.url}/jwk.json"
    first = requests.get(jwks, timeout=10).json()["keys"]
    assert len(first) == 1 and "kid" not in first[0] and first[0]["alg"] == "RS512"
    standin.control("keys/rotate")
    assert requests.get(jwks, timeout=10).json()["keys"] != first
    standin.control("settings", key_ids=True)
    id_token = login(standin)["id_token"]
    header = json.loads(base64.urlsafe_b64decode(id_token.split(".")[0] + "=="))
    keys = {key["kid"]: key for key in requests.get(jwks, timeout=10).json()["keys"]}
    assert header["alg"] == "RS512" and len(keys) == 2
    key = jwt.PyJWK(keys[header["kid"]], "RS512").key
    assert jwt.decode(id_token, key, ["RS512"], audience=CLIENT_ID)["sub"] == ALICE


def test_discovery_names_the_stand_in_itself(standin: Standin) -> None:
    document = requests.get(f"{standin.url}/.well-known/openid-configuration", timeout=10).json()
    assert document["issuer"] == standin.url
    assert document["jwks_uri"] == f"{standin.url}/jwk.json"
    assert document["id_token_signing_alg_values_supported"] == ["RS512"]


def test_identity_lookup(standin: Standin) -> None:
    client = globus_sdk.AuthClient(
        authorizer=globus_sdk.BasicAuthorizer(CLIENT_ID, CLIENT_SECRET))
    assert client.get_identities(usernames="bob@uni.example")["identities"][0]["id"] == BOB
    assert [i["id"] for i in client.get_identities(ids=[ALICE, BOB])["identities"]] == [ALICE, BOB]
    assert client.get_identities(usernames="new@uni.example")["identities"] == []
    provisioned = client.get_identities(usernames="new@uni.example", provision=True)["identities"]
    assert provisioned[0]["username"] == "new@uni.example"
    assert requests.get(f"{standin.url}/v2/api/identities?ids={BOB}", timeout=10).status_code == 401


def test_consents_can_be_seen_and_rescinded(standin: Standin) -> None:
    scope = f"{TRANSFER_ALL}[*https://auth.globus.org/scopes/{SHERLOCK}/data_access]"
    tokens = login(standin, scopes=["openid", scope])
    client = globus_sdk.AuthClient(authorizer=globus_sdk.AccessTokenAuthorizer(
        tokens.by_resource_server["auth.globus.org"]["access_token"]))
    assert client.get_consents(ALICE).to_forest().meets_scope_requirements(scope)
    page = requests.get(f"{standin.url}/v2/web/consents", timeout=10)
    buttons = Buttons(page.text)
    requests.post(f"{standin.url}/v2/web/consents", timeout=10,
                  data={**buttons.hidden, "identity": buttons.found["Rescind"][1]})
    refresh_token = tokens.by_resource_server["transfer.api.globus.org"]["refresh_token"]
    with pytest.raises(globus_sdk.AuthAPIError) as caught:
        standin.auth_client().oauth2_refresh_token(refresh_token)
    assert caught.value.raw_json == {"error": "invalid_grant"}


def test_logout_page_leads_back_only_for_a_known_client(standin: Standin) -> None:
    query = {"client_id": CLIENT_ID, "redirect_uri": f"{REGISTRY}/profile?a=1&b=2",
             "redirect_name": "Singularity Registry"}
    page = requests.get(f"{standin.url}/v2/web/logout", params=query, timeout=10).text
    assert "<h1>Logged out of Globus Auth</h1>" in page
    assert (f'<a href="{REGISTRY}/profile?a=1&amp;b=2">Continue to Singularity Registry</a>') in page
    for changes in ({"client_id": "other"}, {"redirect_uri": "javascript:alert(1)"}):
        assert "<a " not in requests.get(
            f"{standin.url}/v2/web/logout", params={**query, **changes}, timeout=10).text


def test_a_login_without_a_demand_leaves_the_session_as_old_as_it_is(standin: Standin) -> None:
    login(standin, session_required_single_domain="hpc.example")
    standin.control("clock", advance_s=31 * 60)
    client = transfer_client(transfer_token(login(standin)))
    with pytest.raises(globus_sdk.TransferAPIError) as caught:
        client.operation_ls(NERO)
    assert caught.value.raw_json["authorization_parameters"]["session_required_identities"] == [ALICE]
    client = transfer_client(transfer_token(login(standin, prompt="login")))
    assert client.operation_ls(NERO)["path"] == "/~/"


def test_a_login_carries_the_consents_it_asked_for_unless_they_stick(standin: Standin) -> None:
    scope = f"{TRANSFER_ALL}[*https://auth.globus.org/scopes/{SHERLOCK}/data_access]"
    login(standin, scopes=[scope])
    with pytest.raises(globus_sdk.TransferAPIError):
        transfer_client(transfer_token(login(standin))).operation_ls(SHERLOCK)
    standin.control("settings", consents_stick=True)
    assert transfer_client(transfer_token(login(standin))).operation_ls(SHERLOCK)["path"] == "/~/"

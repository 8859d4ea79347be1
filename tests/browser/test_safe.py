"""Nothing that comes from elsewhere is ever read as markup, and the content security policy is never needed.

The payloads meet pages without the policy's help: with it they would not run even if the pages were wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect

from sandbox.browser import chromium
from sandbox.sandbox import Sandbox
from sandbox.walk import Walk

from payloads import COUNT, Watch, payloads
from tour import STOPS, World, open_world, settle
from world import ALICE

POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self' "
LISTEN = "addEventListener('securitypolicyviolation', (e) => console.error(`policy: ${e.effectiveDirective} ${e.blockedURI} ${e.sample}`));"
REGISTRY = "<img xss src=x onerror=top.xss=1>"
PAGE = 50  # rows that a list shows at once


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


# -- the policy -----------------------------------------------------------------------------------


def test_a_full_browse_never_meets_the_policy(sandbox: Sandbox, browser: Browser, tmp_path: Path) -> None:
    said: list[str] = []
    policies: set[str] = set()

    def listen(context: BrowserContext) -> None:
        context.add_init_script(LISTEN)
        context.on("console", lambda message: said.append(f"{message.page.url if message.page else ''} {message.text}") if is_complaint(message.text, message.type) else None)
        context.on("weberror", lambda error: said.append(str(error.error)))
        context.on("response", lambda response: note_policy(response, sandbox.url, policies))

    with open_world(sandbox, browser, tmp_path, listen) as world:
        for stop in STOPS:
            world.visit(stop)
        assert not said, "\n".join(said)
        assert policies == {f"{POLICY}{sandbox.standin.url}; base-uri 'none'; frame-ancestors 'none'"}
        the_listener_hears(world, said)


def is_complaint(text: str, kind: str) -> bool:
    return kind in ("error", "warning") and "Failed to load resource" not in text


def note_policy(response: Response, url: str, policies: set[str]) -> None:
    if response.url.startswith(url) and response.request.resource_type == "document" and response.status == 200:
        policies.add(response.headers.get("content-security-policy", "none"))


def the_listener_hears(world: World, said: list[str]) -> None:
    page = world.pages["visitor"]
    page.goto(world.sandbox.url)
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">x</p>')")
    page.wait_for_timeout(50)
    assert any("policy: style-src" in text for text in said)


# -- the payloads ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def poisoned(make_sandbox: Callable[..., Sandbox]) -> Sandbox:
    """A registry of its own, with a name that is a payload and every text that it shows from the database."""
    sandbox = make_sandbox(settings={"REGISTRY_NAME": f"'{REGISTRY}'"})
    sandbox.processes.stop("agent")
    with psycopg.connect(sandbox.database.url, autocommit=True) as database:
        poison_registry(database)
    return sandbox


def poison_registry(database: psycopg.Connection) -> None:
    """People, collections, images; names of people lack only the comma, which separates them in the list of owners."""
    run = database.execute
    run("alter table users drop constraint users_username_check")
    run("insert into users (username) select * from unnest(%s::text[])", [payloads(64, ",")])
    run("insert into collections (name, description, is_private) select n, d, false from unnest(%s::text[], %s::text[]) v (n, d)", [payloads(250), [f"d {p}" for p in payloads()]])
    run("insert into collection_members (collection_id, user_id, role) select c.id, u.id, 'owner' from (select id, row_number() over (order by id) n from collections) c"
        " join (select id, row_number() over (order by id) n from users where password_hash is null) u using (n)")
    run("insert into collections (name, description, is_private) values ('a/names', 'd', false), ('a/facts', 'd', false)")
    run("insert into images (collection_id, sha256, size_bytes, facts_at) select id, sha256(name::bytea), 1000, now() from collections where name like 'a/%'")
    run("insert into containers (collection_id, name, tag, image_id) select i.collection_id, n, t, i.id from images i join collections c on c.id = i.collection_id,"
        " unnest(%s::text[], %s::text[]) v (n, t) where c.name = 'a/names'", [payloads(250), payloads(128)])
    run("insert into containers (collection_id, name, tag, image_id) select i.collection_id, 'facts', 'needle', i.id from images i join collections c on c.id = i.collection_id"
        " where c.name = 'a/facts'")
    image = run("select image_id from containers where name = 'facts'").fetchone()[0]
    run("insert into image_facts values (%s, 'sif', %s, %s, null, %s, (select jsonb_agg(jsonb_build_object('id', n, 'kind', 'generic', 'name', p, 'size', 1))"
        " from unnest(%s::text[]) with ordinality v (p, n)))", [image, payloads()[0], payloads()[1], "\n".join(payloads()), payloads()])
    run("insert into image_labels select %s, k, v from unnest(%s::text[], %s::text[]) l (k, v)", [image, payloads(250), [f"v {p}" for p in payloads()]])


@pytest.fixture(scope="module")
def watch() -> Watch:
    return Watch()


@pytest.fixture(scope="module")
def page(poisoned: Sandbox, browser: Browser, watch: Watch) -> Iterator[Page]:
    """Alice, connected, in a browser that does not keep to the policy."""
    context = browser.new_context(bypass_csp=True)
    watch.over(context)
    page = context.new_page()
    walk = Walk(page, poisoned.url, "alice")
    poisoned.standin.control.auto(None)
    walk.sign_in(poisoned.user("alice")["password"])
    walk.open_integrations()
    walk.connect_globus(ALICE)
    yield page
    context.close()


@pytest.fixture
def base(poisoned: Sandbox) -> Iterator[psycopg.Connection]:
    with psycopg.connect(poisoned.database.url, autocommit=True) as connection:
        yield connection


def load_all(page: Page) -> None:
    """To the end of a list."""
    settle(page)
    more = page.get_by_role("button", name="Load more")
    while more.count():
        more.click()
        expect(page.get_by_role("button", name="Loading…")).to_have_count(0)


def collection(base: psycopg.Connection, name: str) -> int:
    return base.execute("select id from collections where name = %s", [name]).fetchone()[0]


def test_there_are_enough_of_them_and_they_work(page: Page, poisoned: Sandbox, watch: Watch) -> None:
    for limit in (64, 128, 250, 1000):
        assert len(set(payloads(limit))) == COUNT and max(len(p.encode()) for p in payloads(limit)) <= limit + 4
    page.goto(f"{poisoned.url}/collections")
    page.evaluate("html => document.querySelector('#content').insertAdjacentHTML('beforeend', html)", payloads()[14] + payloads()[56])
    with pytest.raises(AssertionError, match="xss"):
        watch.check(page, [])
    page.wait_for_function("typeof top.xss !== 'undefined'")
    page.goto("about:blank")
    assert watch.seen
    watch.seen.clear()


def test_collections_and_people(page: Page, poisoned: Sandbox, watch: Watch, base: psycopg.Connection) -> None:
    rows = [row for (row,) in base.execute("select id from collections where name not like 'a/%' order by id")]
    for at in range(0, COUNT, PAGE):  # the registry takes no such name, and so no cursor after one
        base.execute("update collections set is_private = not (id = any (%s))", [rows[at:at + PAGE]])
        page.goto(f"{poisoned.url}/collections")
        settle(page)
        watch.check(page, [text for texts in (payloads(250), [f"d {p}" for p in payloads()], payloads(64, ","), [REGISTRY] * COUNT) for text in texts[at:at + PAGE]])
    base.execute("update collections set is_private = false")


def test_names_and_tags(page: Page, poisoned: Sandbox, watch: Watch, base: psycopg.Connection) -> None:
    page.goto(f"{poisoned.url}/collections/{collection(base, 'a/names')}")
    load_all(page)
    watch.check(page, [*(f"{name}:{tag}" for name, tag in zip(payloads(250), payloads(128)))])


def test_what_an_image_says_of_itself(page: Page, poisoned: Sandbox, watch: Watch, base: psycopg.Connection) -> None:
    page.goto(f"{poisoned.url}/containers/{base.execute('select id from containers where tag = %s', ['needle']).fetchone()[0]}")
    settle(page)
    watch.check(page, [*payloads(250), *(f"v {p}" for p in payloads()), *payloads()])
    page.goto(f"{poisoned.url}/collections?q=facts+needle")
    settle(page)
    watch.check(page, ["a/facts/facts:needle"])


def test_search_words(page: Page, poisoned: Sandbox, watch: Watch) -> None:
    page.goto(f"{poisoned.url}/collections")
    settle(page)
    page.evaluate("window.fetch = async () => new Response(JSON.stringify({ items: [], next: null }), { headers: { 'Content-Type': 'application/json' } })")
    said = page.evaluate("""async (words) => {
      const said = [];
      for (const word of words) {
        document.querySelector('#q').value = word;
        document.querySelector('#search').requestSubmit();
        for (let n = 0; n < 400 && document.querySelector('#content strong')?.textContent !== word; n += 1) await new Promise((r) => setTimeout(r, 5));
        said.push(document.querySelector('#content strong')?.textContent, document.title, location.search);
        if (document.querySelector('[xss]')) return said;
      }
      return said;
    }""", payloads(200))
    assert said[::3] == [word.strip() for word in payloads(200)]
    watch.check(page, [payloads(200)[-1]])
    for word in payloads(200)[::50]:
        page.goto(f"{poisoned.url}/collections?" + page.evaluate("q => new URLSearchParams({ q, next: q, notice: q }).toString()", word))
        settle(page)
        watch.check(page, [word])


def test_transfers(page: Page, poisoned: Sandbox, watch: Watch, base: psycopg.Connection) -> None:
    texts = [[f"{letter} {p}" for p in payloads()] for letter in "upes"]
    base.execute("insert into transfers (user_id, uri, path, endpoint_name, state_text, sha256, source_path, endpoint_id, state, bytes_total, finished_at, created_at) select u.id, v.u, v.p, v.e, v.s,"
                 " sha256('x'), '/1/x', gen_random_uuid(), 'failed', 1000, now(), now() - make_interval(secs => n)"
                 " from users u, unnest(%s::text[], %s::text[], %s::text[], %s::text[]) with ordinality v (u, p, e, s, n) where u.username = 'alice'", texts)
    one = base.execute("select id from transfers order by created_at desc limit 1").fetchone()[0]
    base.execute("insert into transfer_left_out select %s, n, 'l ' || p, 'r ' || p from unnest(%s::text[]) with ordinality v (p, n)", [one, payloads()])
    base.execute("insert into transfer_files select %s, n, null, 'f ' || p, sha256('x'), 10, 'n ' || p from unnest(%s::text[]) with ordinality v (p, n)", [one, payloads()])
    base.execute("update transfers set files = %s where id = %s", [COUNT, one])
    page.goto(f"{poisoned.url}/settings/notifications")
    settle(page)
    watch.check(page, [texts[3][0]])
    page.goto(f"{poisoned.url}/transfers/{one}")
    settle(page)
    watch.check(page, [f"{letter} {p}" for letter in "lrf" for p in payloads()])
    page.goto(f"{poisoned.url}/transfers")
    load_all(page)
    watch.check(page, [text for column in texts for text in column])


def test_what_globus_says_of_endpoints(page: Page, poisoned: Sandbox, watch: Watch, base: psycopg.Connection) -> None:
    texts = payloads(200)
    for text in texts:
        poisoned.standin.control.post("endpoint", display_name=f"n {text}", organization=f"o {text}", contact_email=f"c {text}", user_message=f"m {text}", user_message_link=text,
                                      info_link=text, gcp_connected=True, gcp_paused=False)
    base.execute("insert into destinations (user_id, endpoint_id, folder, endpoint_name, owner, organization, starred_at) select id, gen_random_uuid(), '/f ' || n || '/', 'e ' || p, 'w ' || p, 'g ' || p, now()"
                 " from users, unnest(%s::text[]) with ordinality v (p, n) where username = 'alice'", [texts])
    page.goto(f"{poisoned.url}/globus/transfer/{base.execute('select id from containers where tag = %s', ['needle']).fetchone()[0]}")
    settle(page)
    expect(page.get_by_role("region", name="Your places")).to_be_visible()
    watch.check(page, [f"{letter} {text}" for letter in "nocmewg" for text in texts])


def test_what_globus_says_of_folders_and_faults(page: Page, poisoned: Sandbox, watch: Watch, base: psycopg.Connection) -> None:
    control = poisoned.standin.control
    names = payloads(200, "/")
    page.goto(f"{poisoned.url}/globus/transfer/{base.execute('select id from containers where tag = %s', ['needle']).fetchone()[0]}")
    control.fail("ls", body={"DATA_TYPE": "file_list", "path": "/containers/", "absolute_path": "/containers/", "endpoint": "x", "DATA": [
        {"DATA_TYPE": "file", "name": name, "type": "dir" if n % 2 else "file", "size": 1, "last_modified": "2026-01-01 00:00:00+00:00"} for n, name in enumerate(names)]})
    page.get_by_role("region", name="Shared with me").get_by_role("row").filter(has_text="Stanford Research Computing guest").get_by_role("button", name="Transfer", exact=True).click()
    settle(page)
    watch.check(page, names[:100])
    for at in range(0, COUNT, 250):
        text = " ".join(payloads()[at:at + 250])
        control.fail("ls", status=400, body={"code": f"ClientError.{text}", "message": text, "request_id": text, "resource": text})
        page.get_by_role("button", name="Show folder").click()
        settle(page)
        expect(page.get_by_role("dialog").get_by_role("alert").first).to_be_visible()
        watch.check(page, [])


def test_who_somebody_is(page: Page, poisoned: Sandbox, watch: Watch, base: psycopg.Connection) -> None:
    packed = " ".join(payloads())
    base.execute("update globus_links set username = %s, name = %s, email = %s, organization = %s", [packed] * 4)
    base.execute("insert into sessions (id_hash, user_id, address, agent, expires_at) select sha256(n::text::bytea), u.id, 'a ' || p, 'b ' || p, now() + interval '1 hour'"
                 " from users u, unnest(%s::text[]) with ordinality v (p, n) where username = 'alice'", [payloads()])
    for path, shown in (("integrations", payloads()), ("sessions", [])):
        page.goto(f"{poisoned.url}/settings/{path}")
        settle(page)
        watch.check(page, shown)
    name = payloads(64, "/")[0]
    base.execute("update users set username = %s where username = 'alice'", [f"alice {name}"])
    for path in ("/collections", "/settings/profile", "/globus/transfer"):
        page.goto(poisoned.url + path)
        settle(page)
        watch.check(page, [f"alice {name}", REGISTRY])

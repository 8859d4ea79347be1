/**
 * What all pages share: user menu, navigation, footer, kept notices, and the way to the sign-in page when a session is needed.
 *
 * For tests: link "Skip to content"; navigation "Main" with links "Collections", "Transfers", which says how many are new; button named like the user, which opens
 * links "Settings", "Token", "Transfers", for administrators "Admin", and the button "Logout"; link "Sign in" for visitors; group "Colours".
 */

import { forgetMe, me, post } from './api.js';
import { byId, el, fill, hidden, slot } from './dom.js';
import { ApiError } from './errors.js';
import { userMenu } from './menu.js';
import { forgetNotices, notify, restoreNotices, showNamedNotice } from './notify.js';
import { watchNews } from './news.js';
import { errorPage } from './panel.js';
import { number, say, sayWith } from './say.js';
import { schemeSwitch } from './scheme.js';

/** @typedef {import('./api.js').Me} Me */

/** @param {string} page  what comes before "· Transload" */
export function setTitle(page) {
  document.title = `${page} · Transload`;
}

function loginAddress() {
  return `/login?next=${encodeURIComponent(location.pathname + location.search + location.hash)}`;
}

/** Where a refusal for want of a session leads; true when it was one. @param {unknown} error */
export function sentToLogin(error) {
  if (!(error instanceof ApiError) || error.code !== 'not_signed_in') return false;
  location.replace(loginAddress());
  return true;
}

async function signOut() {
  try {
    await post('/api/logout');
    forgetMe();
    forgetNotices();
    location.assign('/login?notice=signed_out');
  } catch (error) {
    if (!sentToLogin(error)) notify({ kind: 'bad', text: say('Signing out did not work. Try again, or close the browser.') });
  }
}

function markCurrentPage() {
  for (const link of document.querySelectorAll('.site-nav a, .pills a')) {
    const path = link.getAttribute('href') ?? '';
    if (location.pathname === path || location.pathname.startsWith(`${path}/`)) link.setAttribute('aria-current', 'page');
  }
}

/** How many transfers need the user, or ended unseen, beside the link that leads to them. @param {number} count */
export function showNews(count) {
  const link = slot('transfers')?.querySelector('a');
  if (!link) return;
  fill(link, say('Transfers'), count ? [' ', el('span', { class: 'news' }, number(count), hidden(' ', say('new')))] : null);
}

/** @param {Me} who */
function drawHeader(who) {
  const signedIn = who.user !== null;
  const transfers = slot('transfers');
  const user = slot('user');
  if (transfers) transfers.hidden = !(signedIn && who.site.globus_enabled);
  if (transfers) showNews(who.news);
  if (slot('registry')) fill(/** @type {Element} */ (slot('registry')), who.site.registry_name);
  if (user) fill(user, who.user ? userMenu(who.user.username, who.site.globus_enabled, who.user.admin, signOut) : el('a', { class: 'button', href: loginAddress() }, say('Sign in')));
}

/** @param {Me | null} who */
function drawFooter(who) {
  const help = who?.site.help_email;
  const footer = slot('footer');
  if (!footer) return;
  fill(footer,
    el('p', {}, say('Transload: containers from here to your cluster.'), ' ', el('a', { href: '/words' }, say('What the words mean')), '.',
      help ? [' ', sayWith('Questions? {address}', { address: el('a', { href: `mailto:${help}` }, help) })] : null),
    schemeSwitch());
}

/**
 * Start a page.
 *
 * @param {(who: Me, content: HTMLElement) => Promise<void> | void} draw
 * @param {{needsUser?: boolean, plainHeader?: boolean}} [options]
 */
export async function start(draw, options = {}) {
  const content = byId('content');
  markCurrentPage();
  /* A page that the browser kept while we were at Globus, or signed out, says what was true then. */
  window.addEventListener('pageshow', (event) => {
    if (event.persisted) location.reload();
  });
  try {
    const who = await me();
    drawFooter(who);
    drawHeader(options.plainHeader ? { ...who, user: null } : who);
    if (options.plainHeader) slot('user')?.replaceChildren();
    restoreNotices();
    showNamedNotice();
    if (who.user && !options.plainHeader) watchNews(who);
    if (options.needsUser && !who.user) {
      location.replace(loginAddress());
      return;
    }
    await draw(who, content);
  } catch (error) {
    if (sentToLogin(error)) return;
    if (!slot('footer')?.hasChildNodes()) drawFooter(null);
    document.querySelector('main > .page-head, main > h1')?.remove(); /* the page's own heading would promise what is not there */
    fill(content, errorPage(error));
  } finally {
    content.removeAttribute('aria-busy');
  }
}

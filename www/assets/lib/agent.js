/** What a browser calls itself, in two words. Names that contain others stand first. */

import { say } from './say.js';

/** @type {[RegExp, string][]} */
const BROWSERS = [[/Edg\//, 'Edge'], [/OPR\//, 'Opera'], [/Firefox\//, 'Firefox'], [/HeadlessChrome\/|Chrome\/|CriOS\//, 'Chrome'], [/Safari\//, 'Safari'],
  [/^(curl|Wget|python-requests)\b/, say('A program')]];
/** @type {[RegExp, string][]} */
const SYSTEMS = [[/Android/, 'Android'], [/iPhone|iPad/, 'iOS'], [/Windows/, 'Windows'], [/Mac OS X/, 'macOS'], [/CrOS/, 'ChromeOS'], [/Linux/, 'Linux']];

/** "Firefox on Linux". @param {string | null} agent */
export function agentName(agent) {
  const browser = BROWSERS.find(([pattern]) => pattern.test(agent ?? ''))?.[1] ?? say('Unknown browser');
  const system = SYSTEMS.find(([pattern]) => pattern.test(agent ?? ''))?.[1];
  return system ? say('{browser} on {system}', { browser, system }) : browser;
}

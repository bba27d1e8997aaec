// A sample bank behind a real server, and browsers to visit it. `JIANXIAN` is the program; `JIANXIAN_SAMPLE`, if set, is a
// folder with a sample bank, of which each file of tests gets a copy; `JIANXIAN_ADDRESS`, if set, is a bank that is running.

import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import { chromium } from "playwright-core";

const root = new URL("../..", import.meta.url).pathname;

/** The sizes of window that every page is tried at. */
export const SIZES = { phone: { width: 390, height: 844 }, desktop: { width: 1366, height: 768 } };

/** The program under test. */
const program = process.env.JIANXIAN ?? join(root, process.env.CARGO_TARGET_DIR ?? "target", "debug/jianxian");

/** Starts the program with these arguments; resolves with its address, and with what it has printed by then. */
async function start(words, data) {
  const env = { ...process.env, JIANXIAN_LOG_LEVEL: "error", JIANXIAN_LIMITS_SIGN_IN_PER_MINUTE: "0" };
  const child = spawn(program, [...words, "--data", data, "--port", "0"], { env, stdio: ["ignore", "pipe", "pipe"] });
  let printed = "";
  const address = await new Promise((done, failed) => {
    const take = (text) => {
      printed += text;
      const found = printed.match(/http:\/\/(127\.0\.0\.1:\d+)/);
      if (found) done(found[0]);
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    child.on("exit", (code) => failed(new Error(`the bank ended with ${code}: ${printed}`)));
  });
  const stop = async () => {
    const ended = new Promise((done) => child.on("exit", done));
    child.kill("SIGTERM");
    await ended;
  };
  return { address, printed: () => printed, stop };
}

/** Starts a sample bank on a free port of 127.0.0.1: a copy of the one that is made already, or a new one. */
export async function startBank() {
  if (process.env.JIANXIAN_ADDRESS) return { address: process.env.JIANXIAN_ADDRESS, stop: async () => {} };
  const data = mkdtempSync(join(tmpdir(), "jianxian-browser-"));
  if (process.env.JIANXIAN_SAMPLE) cpSync(process.env.JIANXIAN_SAMPLE, data, { recursive: true });
  const bank = await start(["demo"], data);
  const stop = async () => {
    await bank.stop();
    rmSync(data, { recursive: true, force: true });
  };
  return { address: bank.address, stop };
}

/** Makes a sample bank in a new folder; resolves with the folder. */
export async function makeSample() {
  const data = mkdtempSync(join(tmpdir(), "jianxian-sample-"));
  const bank = await start(["demo"], data);
  await bank.stop();
  return data;
}

/** A new bank without anything in it, and the token of the link that it has printed. */
export async function startEmptyBank() {
  const data = mkdtempSync(join(tmpdir(), "jianxian-empty-"));
  const bank = await start(["serve"], data);
  for (let waits = 0; !/token=[0-9a-f]{64}/.test(bank.printed()) && waits < 100; waits++) {
    await new Promise((done) => setTimeout(done, 50));
  }
  const token = bank.printed().match(/token=([0-9a-f]{64})/)[1];
  const stop = async () => {
    await bank.stop();
    rmSync(data, { recursive: true, force: true });
  };
  return { address: bank.address, token, stop };
}

/** Debian's Chromium, without a screen. */
export function openBrowser(more = []) {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  return chromium.launch({ executablePath, args: ["--no-sandbox", ...more] });
}

/** The same with a window that other programs reach at `port`, which share what it is signed in to. */
export function openSharedWindow(port) {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  const args = ["--no-sandbox", `--remote-debugging-port=${port}`];
  return chromium.launchPersistentContext("", { executablePath, args, locale: "zh-CN" });
}

/** Gives the tests of a file a sample bank and a browser, and ends both after the last one. */
export function withBankAndBrowser(take) {
  let bank, browser;
  before(async () => {
    bank = await startBank();
    browser = await openBrowser();
    take(bank, browser);
  }, { timeout: 600_000 });
  after(async () => {
    await browser?.close();
    await bank?.stop();
  });
}

/** The password of every user of the sample bank. */
export const PASSWORD = "try the sample bank";

/** A window in which a user of the sample bank has signed in: by one tap, or by password if there is no tile. */
export async function signedIn(browser, bank, login, options = {}) {
  const context = await browser.newContext({ viewport: SIZES.phone, locale: "zh-CN", ...options });
  const page = await context.newPage();
  await signIn(page, bank, login);
  return page;
}

/** So many of the people whom a user of the sample bank looks after, from the interface. */
export async function people(bank, login, most) {
  const headers = { "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID() };
  const body = JSON.stringify({ login, password: PASSWORD });
  const signIn = await fetch(`${bank.address}/v1/auth/token`, { method: "POST", headers, body });
  const { access_token: token } = await signIn.json();
  const found = await fetch(`${bank.address}/v1/members?limit=100&kind=person`, { headers: { Authorization: `Bearer ${token}` } });
  const open = (await found.json()).items.filter((one) => one.state === "active");
  return open.slice(0, most);
}

/** Waits for a page with this on it, and until its scripts are at work: what is pressed earlier is sent without them. */
export async function arrived(page, selector) {
  await page.waitForSelector(selector);
  await page.waitForLoadState();
}

/** Presses a button that sends a form, and waits for the page that answers: it may look like the one before. */
export async function sent(page, button) {
  await Promise.all([page.waitForNavigation(), page.locator(button).first().click()]);
}

/** Signs a window in. */
export async function signIn(page, bank, login) {
  await page.goto(bank.address);
  const tile = page.locator(`button[name=login][value="${login}"]`);
  if (await tile.count()) {
    await tile.click();
  } else {
    await page.goto(`${bank.address}/login`);
    await page.fill("#login", login);
    await page.fill("#password", PASSWORD);
    await page.click("main button");
  }
  await page.waitForURL((url) => !["/", "/try", "/login"].includes(url.pathname));
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** What axe finds wrong with a page. The window must have been opened with `bypassCSP`: our policy allows no script of
 * others. */
export async function violations(page) {
  await page.evaluate(axe);
  const result = await page.evaluate((rules) => axe.run(document, { runOnly: rules, resultTypes: ["violations"] }), RULES);
  return result.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(" ")).join(", ")}`);
}

/** Whether a page is wider than its window. */
export async function scrollsSideways(page, width) {
  return (await page.evaluate(() => document.documentElement.scrollWidth)) > width;
}

/** The paths of all pages that have no parameter, from the program's own table. */
export function plainPages() {
  const table = readFileSync(join(root, "src/portal/mod.rs"), "utf8");
  const rows = [...table.matchAll(/^ {4}"(\/[^"]*)" /gm)].map((row) => row[1]);
  return rows.filter((path) => !path.includes("{") && path !== "/try" && path !== "/logout");
}

/** What a link leads to that is a file and no page: nothing is shown. */
const isDownload = (error) => {
  if (!/Download is starting/.test(error.message)) throw error;
};

/** A path without its ids and its query: pages that have it in common are of one kind. */
export const kindOf = (path) => path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}|\d+/g, "*").split("?")[0];

/** Of each kind of page, what elements were looked at: a visitor to whom a page shows nothing else need not look at it
 * again. */
const looked = new Map();

/** Whether a page has an element unlike those that were looked at on pages of its kind; from now on it has not. */
export async function hasSomethingNew(page, kind) {
  const shapes = await page.$$eval("body *", (all) => [...new Set(all.map((one) => {
    const said = ["class", "type", "role", "name", "aria-label", "aria-current", "disabled"];
    return [one.tagName, one.parentElement.tagName, ...said.map((name) => one.getAttribute(name))].join(" ");
  }))]);
  const known = looked.get(kind) ?? new Set();
  looked.set(kind, known);
  const fresh = shapes.filter((shape) => !known.has(shape));
  fresh.forEach((shape) => known.add(shape));
  return fresh.length > 0;
}

/** Every path that the pages of a visitor lead to, one of each kind, from a first one on; `look` is called on each. Of the
 * pages that are not for this visitor the first is looked at: they all say the same. */
export async function crawl(page, bank, first, most = 200, look = async () => {}) {
  const waiting = [...first];
  const seen = new Set();
  const found = [];
  let forbidden = false;
  while (waiting.length && found.length < most) {
    const path = waiting.shift();
    if (seen.has(kindOf(path)) || /^\/(size|language|static|docs)/.test(path)) continue;
    seen.add(kindOf(path));
    const answer = await page.goto(bank.address + path).catch(isDownload);
    if (!answer) continue;
    // A picture is shown by itself, and is no page.
    if (answer.status() === 200 && !answer.headers()["content-type"]?.startsWith("text/html")) continue;
    if (answer.status() === 403 && forbidden) continue;
    forbidden ||= answer.status() === 403;
    found.push({ path, status: answer.status() });
    const links = await page.$$eval("a[href^='/']", (all) => all.map((link) => link.getAttribute("href")));
    waiting.push(...links.map((link) => link.split("#")[0]));
    await look(path, answer.status());
  }
  return found;
}

/** Sets the size of text of a window, which its next page has. */
export const setSize = (page, bank, size) => page.request.get(`${bank.address}/size/${size}?back=/help`);

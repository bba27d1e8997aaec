// Pictures of pages at both sizes, into docs/screens/: npm run screens.

import { mkdirSync } from "node:fs";
import { SIZES, openBrowser, signedIn, startBank } from "./bank.mjs";

/** Who sees which page, under which name. */
const SCREENS = [
  [null, "/", "start"],
  [null, "/login", "sign-in"],
  ["volunteer", "/me", "home"],
  ["volunteer", "/me/passbook", "passbook"],
  ["volunteer", "/me/code", "code"],
  ["volunteer", "/shops", "shops"],
  ["clerk", "/shop", "till"],
  ["clerk", "/shop/day", "day"],
  ["owner", "/shop/goods", "goods"],
  ["owner", "/shop/statements", "statements"],
  ["staff", "/staff", "today"],
  ["staff", "/staff/people", "people"],
  ["staff", "/staff/awards", "awards"],
  ["staff", "/staff/activities", "activities"],
  ["staff", "/staff/records", "records"],
  ["admin", "/admin", "overview"],
  ["admin", "/admin/users", "log-ins"],
  ["admin", "/admin/schemes", "schemes"],
  ["auditor", "/audit/ledger", "journal"],
  ["auditor", "/audit/entries/26700", "trail"],
];

const folder = new URL("../../docs/screens/", import.meta.url).pathname;
mkdirSync(folder, { recursive: true });
const bank = await startBank();
const browser = await openBrowser();
for (const [size, viewport] of Object.entries(SIZES)) {
  for (const [login, path, name] of SCREENS) {
    const options = { viewport, locale: "zh-CN" };
    const page = login
      ? await signedIn(browser, bank, login, options)
      : await (await browser.newContext(options)).newPage();
    await page.goto(bank.address + path);
    await page.screenshot({ path: `${folder}${name}-${size}.jpg`, type: "jpeg", quality: 60 });
    await page.context().close();
  }
}
await browser.close();
await bank.stop();

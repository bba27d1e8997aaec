// What holds on every page: no accessibility violation, no sideways scroll, no request to elsewhere, and its weight. Every
// form is sent empty and with nonsense, and its answer is looked at in the same way.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  SIZES, crawl, hasSomethingNew, kindOf, plainPages, scrollsSideways, setSize, signedIn, withBankAndBrowser, violations,
} from "./bank.mjs";
import { forms, refusals } from "./forms.mjs";

const LOGINS = (process.env.LOGINS ?? "volunteer,clerk,owner,staff,reviewer,admin,auditor").split(",");
/** How many kinds of forms are refused at least, when all look. */
const FORMS = 40;

let bank, browser;
withBankAndBrowser((...opened) => ([bank, browser] = opened));

test("the checker finds what is wrong", async () => {
  const page = await browser.newPage();
  await page.setContent("<!doctype html><html lang=en><title>x</title><main><h1>x</h1><img src='data:,'></main>");
  assert.match((await violations(page)).join(), /image-alt/);
  await page.setViewportSize({ width: 320, height: 640 });
  assert.equal(await scrollsSideways(page, 320), false);
  await page.setContent("<!doctype html><html lang=en><title>x</title><main><h1>aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</h1></main>");
  assert.equal(await scrollsSideways(page, 320), true);
  await page.close();
});

/** Kinds of pages that somebody has looked at in large letters, and kinds of forms that were refused. */
const enlarged = new Set();
const refused = new Set();

// Two at a time: each looks and changes nothing.
describe("every page", { concurrency: 2 }, () => {
  for (const login of LOGINS) {
    test(`every page of ${login}, and what its forms answer when they are refused`, { timeout: 900_000 }, async () => {
      const page = await signedIn(browser, bank, login, { bypassCSP: true });
      const faults = [];
      page.on("request", (request) => {
        if (!request.url().startsWith(bank.address) && !request.url().startsWith("data:")) faults.push(request.url());
      });
      const look = async (path, status) => {
        if (status >= 500) faults.push(`${path}: ${status}`);
        const found = await forms(page);
        const at = async (size, viewport) => {
          await page.setViewportSize(viewport);
          for (const violation of await violations(page)) faults.push(`${path} ${size}: ${violation}`);
          await page.setViewportSize({ width: 320, height: 640 });
          if (await scrollsSideways(page, 320)) faults.push(`${path} ${size}: scrolls sideways at 320`);
        };
        if (await hasSomethingNew(page, kindOf(path))) await at("standard", SIZES.desktop);
        const isNew = !enlarged.has(kindOf(path));
        enlarged.add(kindOf(path));
        if (isNew) {
          await setSize(page, bank, "largest");
          await page.goto(bank.address + path);
          await at("largest", SIZES.phone);
        }
        for (const form of found) {
          const kind = form.action.replace(/[0-9a-f]{8}-[0-9a-f-]{27}|\d+/g, "*");
          if (!form.typed.length || refused.has(kind)) continue;
          const told = await refusals(page, bank, path, form);
          faults.push(...told.faults);
          if (told.refused) refused.add(kind);
        }
        if (isNew) await setSize(page, bank, "standard");
        await page.setViewportSize(SIZES.desktop);
      };
      await setSize(page, bank, "standard");
      const paths = await crawl(page, bank, ["/", ...plainPages()], 200, look);
      assert.ok(paths.length > 5, `only ${paths.length} pages were found`);
      assert.deepEqual(faults, []);
      await page.context().close();
    });
  }
});

test("forms of many kinds were refused", { skip: Boolean(process.env.LOGINS) }, () => {
  assert.ok(refused.size >= FORMS, `only ${refused.size}: ${[...refused].join(", ")}`);
});

test("pages of volunteers and shops weigh little", async () => {
  for (const [login, paths] of [["volunteer", ["/me", "/me/passbook", "/me/code"]], ["clerk", ["/shop"]]]) {
    for (const path of paths) {
      const page = await signedIn(browser, bank, login);
      const context = page.context();
      const fresh = await context.newPage();
      const session = await context.newCDPSession(fresh);
      await session.send("Network.enable");
      await session.send("Network.clearBrowserCache");
      let bytes = 0;
      session.on("Network.loadingFinished", (event) => (bytes += event.encodedDataLength));
      await fresh.goto(bank.address + path, { waitUntil: "networkidle" });
      assert.ok(bytes > 1_000 && bytes <= 60 * 1024, `${path}: ${bytes} bytes`);
      await context.close();
    }
  }
});

// The most frequent tasks of staff, administrators and auditors within their taps, counted, at both sizes and without
// scripts. Those of volunteers and shops are in tasks.test.mjs.

import assert from "node:assert/strict";
import { test } from "node:test";
import { people, SIZES, signedIn, withBankAndBrowser } from "./bank.mjs";

let bank, browser;
withBankAndBrowser((...opened) => ([bank, browser] = opened));

/** A window that counts its taps. */
async function counting(login, options) {
  const page = await signedIn(browser, bank, login, options);
  let taps = 0;
  return { page, taps: () => taps, tap: async (locator) => ((taps += 1), page.locator(locator).first().click()) };
}

for (const [size, viewport] of Object.entries(SIZES)) {
  for (const javaScriptEnabled of [true, false]) {
    const where = `${size}, scripts ${javaScriptEnabled ? "on" : "off"}`;
    const options = { viewport, javaScriptEnabled };

    test(`staff award the people of a community from a sheet (${where})`, async () => {
      const listed = await people(bank, "staff", 50);
      assert.ok(listed.length >= 20, `${listed.length} people`);
      const { page, tap, taps } = await counting("staff", options);
      await page.goto(`${bank.address}/staff/awards`);
      // Of a kind without a limit in a month: all four windows award the same people, some of whom have awards already.
      const item = await page.locator("#scheme_item option", { hasText: "捐赠物资" }).first().getAttribute("value");
      await page.selectOption("#scheme_item", item);
      const rows = listed.map((one) => `${one.name}\t${one.number}\t10`).join("\n");
      if (javaScriptEnabled) {
        // What is pasted is checked at once.
        await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
        await page.evaluate((rows) => navigator.clipboard.writeText(rows), rows);
        await page.focus("#paste");
        await page.keyboard.press("Control+V");
        await page.waitForSelector("td.result");
      } else {
        await page.fill("#paste", rows);
        await tap("button[value=check]");
      }
      assert.equal(await page.locator("td.result .fine, td.result .second").count(), listed.length);
      await tap(".dock button.red");
      await page.waitForURL((url) => url.pathname !== "/staff/awards" || url.search !== "");
      assert.equal(taps(), javaScriptEnabled ? 1 : 2, "the award, and without scripts the check");
      assert.match(await page.textContent("main"), new RegExp(`\\b${listed.length}\\b`));
      await page.context().close();
    });

    test(`staff redeem for a person at the counter in four taps (${where})`, async () => {
      const [person] = await people(bank, "staff", 1);
      const { page, tap, taps } = await counting("staff", options);
      await page.goto(`${bank.address}/staff/counter`);
      await page.fill("#q", person.number);
      await tap("form[action='/staff/counter'] button");
      await page.waitForURL(/\/staff\/counter\/[0-9a-f-]{36}$/);
      await tap(`main a[href^='${new URL(page.url()).pathname}/']`);
      await tap(".goods button:not([disabled])");
      await page.waitForURL(/check/);
      if (await page.locator("main button.red").count()) {
        await tap("main button.red");
        await page.waitForURL(/\/staff\/counter\/receipts\//);
      } else {
        assert.match(await page.textContent("main [role=alert]"), /不够/);
      }
      assert.ok(taps() <= 4, `${taps()} taps`);
      await page.context().close();
    });

    test(`an administrator sees what is wrong without a tap (${where})`, async () => {
      const page = await signedIn(browser, bank, "admin", options);
      assert.equal(new URL(page.url()).pathname, "/admin");
      assert.ok(await page.locator(".tasks li").count() > 0, "what there is to do stands on the first page");
      await page.context().close();
    });

    test(`an auditor traces a number in one tap (${where})`, async () => {
      const { page, tap, taps } = await counting("auditor", options);
      await page.goto(`${bank.address}/audit/ledger`);
      const number = (await page.locator("tbody th a").first().textContent()).trim();
      await page.fill("#find", number);
      await tap("form[action='/audit/ledger'] button");
      await page.waitForURL(/\/audit\/entries\/\d+$/);
      assert.equal(taps(), 1);
      await page.context().close();
    });
  }
}

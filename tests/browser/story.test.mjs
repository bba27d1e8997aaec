// The story of the sample bank, from its first step to its last, as a visitor plays it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { SIZES, withBankAndBrowser } from "./bank.mjs";

let bank, browser;
withBankAndBrowser((...opened) => ([bank, browser] = opened));

const next = (page) => page.click(".story-strip button");

let run = 0;

for (const [size, viewport] of Object.entries(SIZES)) {
  for (const javaScriptEnabled of [true, false]) {
    test(`six steps from an activity to the auditor (${size}, scripts ${javaScriptEnabled ? "on" : "off"})`, async () => {
      const context = await browser.newContext({ viewport, locale: "zh-CN", javaScriptEnabled });
      const page = await context.newPage();
      await page.goto(bank.address);
      await page.click(".story button.red");
      assert.match(await page.textContent(".story-strip"), /第 1 步，共 6 步/);
      assert.match(page.url(), /\/staff\/activities\/[0-9a-f-]{36}$/);
      await next(page);
      assert.match(page.url(), /\/me\/hours\/new$/);
      const [link] = await page.$$("main .card .doors a");
      assert.ok(link, "today's activity can be reported");
      // The same two hours are reported once.
      const reports = run++ === 0;
      if (reports) {
        await link.click();
        await page.click("main button.red");
        await page.waitForURL(/\/me\/hours\/[0-9a-f-]{36}$/);
      }
      await next(page);
      assert.match(page.url(), /\/staff\/records/);
      if (reports) {
        await page.click("main a[href^='/staff/records/'] >> nth=0");
        await page.click("main button[value=approve_record]");
        await page.waitForLoadState();
        assert.match(await page.textContent("main"), /公示/);
      }
      await next(page);
      assert.match(page.url(), /\/me\/entries\/\d+$/);
      assert.match(await page.textContent("h1"), /为什么是这个分/);
      await next(page);
      assert.match(page.url(), /\/shop\?code=/);
      await page.click("form[action='/shop'] button");
      await page.locator(".goods button:not([disabled])").first().click();
      await page.click("button.red");
      await page.locator("h1", { hasText: "兑换成功" }).waitFor();
      await next(page);
      assert.match(page.url(), /\/audit\/entries\/\d+$/);
      await next(page);
      assert.equal(new URL(page.url()).pathname, "/");
      assert.equal(await page.locator(".story-strip").count(), 0, "the story has ended");
      await context.close();
    });
  }
}

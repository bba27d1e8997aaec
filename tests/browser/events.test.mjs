// Signing up for an activity, giving the place back, standing in line, and the messages of the own points.

import assert from "node:assert/strict";
import { test } from "node:test";
import { SIZES, setSize, signedIn, scrollsSideways, violations, withBankAndBrowser } from "./bank.mjs";

let bank, browser;
withBankAndBrowser((...opened) => ([bank, browser] = opened));

/** Buttons for oneself, not for those for whom one acts. */
const OWN = "main form:not(:has(input[name=for])) button";

/** Opens the first activity to come with a button of these words; its risk is agreed to. */
async function openEvent(page, words) {
  await page.goto(`${bank.address}/events`);
  const paths = await page.$$eval("main a[href^='/events/']", (all) => all.map((link) => link.getAttribute("href")));
  for (const path of paths) {
    await page.goto(bank.address + path);
    if (await page.locator(OWN, { hasText: words }).count()) {
      if (await page.locator("#agrees_to_risk").count()) await page.check("#agrees_to_risk");
      return path;
    }
  }
  assert.fail(`no activity with 「${words}」 among ${paths.length}`);
}

for (const [size, viewport] of Object.entries(SIZES)) {
  for (const javaScriptEnabled of [true, false]) {
    test(`a place is taken and given back, in line too (${size}, scripts ${javaScriptEnabled ? "on" : "off"})`, async () => {
      const page = await signedIn(browser, bank, "volunteer", { viewport, javaScriptEnabled });
      for (const [words, done] of [["我要报名", /已报名/], ["我要候补", /候补第 \d+ 位/]]) {
        await openEvent(page, words);
        await page.locator(OWN, { hasText: words }).click();
        const asks = page.locator(".narrow > .ask summary", { hasText: "退出报名" });
        await asks.waitFor();
        assert.match(await page.textContent("main > .narrow > p > .pill"), done);
        await asks.click();
        await page.locator(OWN, { hasText: "确认退出报名" }).click();
        await page.locator(OWN, { hasText: words }).waitFor();
      }
      await page.context().close();
    });
  }
}

test("staff see who has a seat and who waits", async () => {
  const staff = await signedIn(browser, bank, "staff", { viewport: SIZES.desktop });
  await staff.goto(`${bank.address}/staff/activities`);
  const paths = await staff.$$eval("main a[href^='/staff/activities/']", (all) => all.map((link) => link.getAttribute("href")));
  let waiting = 0;
  for (const path of paths.filter((path) => /[0-9a-f-]{36}$/.test(path)).slice(0, 6)) {
    await staff.goto(`${bank.address}${path}/sign-ups`);
    waiting += await staff.locator("main", { hasText: /候补第 1 位/ }).count();
  }
  assert.ok(waiting > 0, "one of the next activities has a waiting list");
  await staff.context().close();
});

test("messages are grouped by time, lead to what they are about, and are marked as read", async () => {
  const page = await signedIn(browser, bank, "volunteer", { bypassCSP: true });
  await setSize(page, bank, "largest");
  await page.goto(`${bank.address}/messages`);
  const unread = await page.locator(".told .pill").count();
  assert.ok(unread > 0, "the sample bank has told its volunteer something");
  assert.deepEqual(await violations(page), []);
  await page.setViewportSize({ width: 320, height: 700 });
  assert.equal(await scrollsSideways(page, 320), false);
  await page.click(".told a >> nth=0");
  assert.ok(!page.url().endsWith("/messages"));
  await page.goto(`${bank.address}/messages`);
  await page.locator("main form button").click();
  await page.locator("main", { hasText: "都读过了。" }).waitFor();
  assert.equal(await page.locator(".told .pill").count(), 0);
  await page.context().close();
});

// Saying what one can and likes to do, what suits in the list of activities, and inviting who suits.

import assert from "node:assert/strict";
import { test } from "node:test";
import { SIZES, signedIn, scrollsSideways, violations, withBankAndBrowser } from "./bank.mjs";

let bank, browser;
withBankAndBrowser((...opened) => ([bank, browser] = opened));

for (const [size, viewport] of Object.entries(SIZES)) {
  test(`wishes are said in ticks, and what suits stands first (${size})`, async () => {
    const page = await signedIn(browser, bank, "volunteer", { viewport, bypassCSP: true });
    await page.goto(`${bank.address}/me/wishes`);
    for (const box of await page.locator("main input[name=weekdays]").all()) await box.check();
    await page.locator("label", { hasText: "急救" }).click();
    await page.locator("main form button").click();
    await page.locator("main [role=status]").waitFor();
    assert.deepEqual(await violations(page), []);
    assert.equal(await scrollsSideways(page), false);
    await page.goto(`${bank.address}/events`);
    assert.match(await page.textContent("main .card-grid > li:first-child"), /适合您|已报名|候补/);
    assert.deepEqual(await violations(page), []);
    await page.context().close();
  });

  test(`staff find who suits an activity (${size})`, async () => {
    const staff = await signedIn(browser, bank, "staff", { viewport, bypassCSP: true });
    await staff.goto(`${bank.address}/staff/activities?state=published`);
    const paths = await staff.$$eval("main a[href^='/staff/activities/']", (all) => all.map((link) => link.getAttribute("href")));
    const path = paths.find((path) => /[0-9a-f-]{36}$/.test(path));
    await staff.goto(`${bank.address}${path}/people`);
    assert.deepEqual(await violations(staff), []);
    assert.equal(await scrollsSideways(staff), false);
    await staff.context().close();
  });
}

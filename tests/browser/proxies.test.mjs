// A proxy for an old neighbour, as the sample bank has one: passbook, code and sign-up; named and ended on pages: on a
// phone and on a desktop, with scripts and without.

import assert from "node:assert/strict";
import { test } from "node:test";
import { arrived, scrollsSideways, SIZES, signedIn, violations, withBankAndBrowser } from "./bank.mjs";

let bank, browser;
withBankAndBrowser((...opened) => ([bank, browser] = opened));

/** Not wider than its window, and nothing that axe finds. */
async function isSound(page, viewport) {
  assert.equal(await scrollsSideways(page, viewport.width), false, page.url());
  assert.deepEqual(await violations(page), [], page.url());
}

for (const [size, viewport] of Object.entries(SIZES)) {
  for (const javaScriptEnabled of [true, false]) {
    const where = `${size}, scripts ${javaScriptEnabled ? "on" : "off"}`;

    test(`a neighbour is helped, and sees each act (${where})`, async () => {
      const page = await signedIn(browser, bank, "volunteer", { viewport, javaScriptEnabled, bypassCSP: true });
      await page.goto(`${bank.address}/me/proxies`);
      if (javaScriptEnabled) await isSound(page, viewport);
      await page.click("a[href^='/me/proxies/']");
      await arrived(page, "form[action$='/code']");
      if (javaScriptEnabled) await isSound(page, viewport);
      assert.match(await page.textContent("h1"), /^替.+代办$/);
      await page.click("form[action$='/code'] button");
      await arrived(page, ".code-page");
      assert.match(await page.textContent(".code-page"), /替.+代办/);
      await page.goto(`${bank.address}/messages`);
      assert.match(await page.textContent("main"), /您替.+出示了兑换码/);
      await page.context().close();
    });
  }

  test(`a proxy is named on the own page, and ended by staff by phone (${size})`, async () => {
    const staff = await signedIn(browser, bank, "staff", { viewport, bypassCSP: true });
    const page = await signedIn(browser, bank, "volunteer", { viewport });
    await page.goto(`${bank.address}/me/card`);
    const number = (await page.textContent("dl.facts dd.n")).trim();
    await page.goto(`${bank.address}/me/proxies`);
    await page.fill("#name", "查无此人");
    await page.fill("#number", number);
    await page.click("button[value=name_proxy]");
    await arrived(page, "#name-fault");
    assert.equal(await page.inputValue("#name"), "查无此人");
    await staff.goto(`${bank.address}/staff/people`);
    await staff.fill("#q", number);
    await staff.press("#q", "Enter");
    await arrived(staff, "a[href$='/proxies']");
    await staff.click("a[href$='/proxies']");
    await arrived(staff, "button[value=name_proxy]");
    await isSound(staff, viewport);
    // An earlier run at the other size has ended the one whom the sample bank names.
    if ((await staff.$$("details")).length > 0) {
      await staff.locator("details summary").first().click();
      await staff.locator("details input[name=reason]").first().fill("本人来电，核对了存折号");
      await staff.locator("details button").first().click();
      await arrived(staff, ".note.done");
      assert.match(await staff.textContent(".note.done"), /代办已结束/);
    }
    await staff.context().close();
    await page.context().close();
  });
}

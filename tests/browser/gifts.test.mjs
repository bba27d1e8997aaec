// Giving points to a neighbour and to the pool: the masked name before anything moves, the list, asking back; pools and
// rules at the desk: on a phone and on a desktop, with scripts and without.

import assert from "node:assert/strict";
import { test } from "node:test";
import { arrived, people, scrollsSideways, sent, SIZES, signedIn, violations, withBankAndBrowser } from "./bank.mjs";

let bank, browser;
withBankAndBrowser((...opened) => ([bank, browser] = opened));

/** Not wider than its window, and nothing that axe finds. */
async function isSound(page, viewport) {
  assert.equal(await scrollsSideways(page, viewport.width), false, page.url());
  assert.deepEqual(await violations(page), [], page.url());
}

/** The passbook number of a neighbour who lives in no household of ours. */
async function neighbour() {
  const listed = await people(bank, "staff", 100);
  return listed.findLast((one) => !one.household).number;
}

for (const [size, viewport] of Object.entries(SIZES)) {
  test(`a neighbour is given points after a look at the masked name (${size})`, async () => {
    const number = await neighbour();
    const page = await signedIn(browser, bank, "volunteer", { viewport, bypassCSP: true });
    await page.goto(`${bank.address}/me/gifts?to=${number}`);
    await isSound(page, viewport);
    assert.equal(await page.inputValue("#number"), number);
    await page.fill("#points", "1");
    await page.click("form[action='/me/gifts/check'] button");
    await arrived(page, "form[action*='/me/gifts/check'][method=post]");
    await isSound(page, viewport);
    assert.match(await page.textContent("main"), /\*\*/);
    await sent(page, "form[method=post] button.red");
    await arrived(page, ".note.done");
    await isSound(page, viewport);
    assert.match(await page.textContent("main"), /赠送成功/);
    await sent(page, "button[value=ask_gift_back]");
    await arrived(page, ".note.done");
    assert.match(await page.textContent("main"), /已请对方退还/);
    await page.context().close();
  });

  test(`a number that nobody has is said beside the form, without scripts too (${size})`, async () => {
    const page = await signedIn(browser, bank, "volunteer", { viewport, javaScriptEnabled: false });
    await page.goto(`${bank.address}/me/gifts/check?number=999999998&points=1`);
    await arrived(page, "[role=alert]");
    await page.context().close();
  });

  test(`pools and gifts at the desk, and the rules of the bank (${size})`, async () => {
    const staff = await signedIn(browser, bank, "staff", { viewport, bypassCSP: true });
    await staff.goto(`${bank.address}/staff/gifts`);
    await isSound(staff, viewport);
    assert.match(await staff.textContent("main"), /互助积分池/);
    await staff.click("table a");
    await arrived(staff, "button[value=reverse_gift], .pill");
    await isSound(staff, viewport);
    await staff.context().close();
    const admin = await signedIn(browser, bank, "admin", { viewport, bypassCSP: true });
    await admin.goto(`${bank.address}/admin/gifts`);
    await isSound(admin, viewport);
    await admin.click("button.red");
    await arrived(admin, ".note.done");
    assert.match(await admin.textContent(".note.done"), /已保存/);
    await admin.context().close();
  });
}

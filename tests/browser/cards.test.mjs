// A card with its PIN, from the desk to the till, and a paper slip: on a phone and on a desktop, with scripts and without.

import assert from "node:assert/strict";
import { test } from "node:test";
import { arrived, SIZES, signedIn, violations, withBankAndBrowser } from "./bank.mjs";

let bank, browser;
withBankAndBrowser((...opened) => ([bank, browser] = opened));

/** Passbook number of the person whom a visitor plays. */
async function ownNumber(options) {
  const page = await signedIn(browser, bank, "volunteer", options);
  await page.goto(`${bank.address}/me/card`);
  const number = (await page.textContent("dl.facts dd.n")).trim();
  const pin = (await page.textContent(".note.gold")).match(/\d{6}/)[0];
  await page.context().close();
  return { number, pin };
}

/** Opens the card of a passbook number at the desk. */
async function openCard(staff, number) {
  await staff.goto(`${bank.address}/staff/people`);
  await staff.fill("#q", number);
  await staff.press("#q", "Enter");
  // One person has this number: their file opens.
  await arrived(staff, "a[href$='/card']");
  await staff.click("a[href$='/card']");
  await arrived(staff, "button[value=pin]");
}

for (const [size, viewport] of Object.entries(SIZES)) {
  for (const javaScriptEnabled of [true, false]) {
    const where = `${size}, scripts ${javaScriptEnabled ? "on" : "off"}`;

    test(`a card is printed, pays with its PIN, and is dead once it is reported lost (${where})`, async () => {
      const options = { viewport, javaScriptEnabled };
      const { number, pin } = await ownNumber(options);
      const staff = await signedIn(browser, bank, "staff", options);
      await openCard(staff, number);
      const desk = staff.url();
      // As after an earlier run: the PIN is set anew.
      await staff.fill("#pin", pin);
      await staff.fill("#pin_again", pin);
      await staff.click("button[value=pin]");
      await arrived(staff, ".note.done");
      await staff.click("a[href^='/staff/print/cards']");
      await arrived(staff, ".paper-card");
      const card = (await staff.textContent(".paper-card .text")).trim();
      assert.match(card, /-[A-Z]{6}$/);
      const clerk = await signedIn(browser, bank, "clerk", options);
      const typed = async () => {
        await clerk.goto(`${bank.address}/shop`);
        await clerk.locator("summary", { hasText: "存折卡" }).click();
        await clerk.fill("#card", card.toLowerCase());
        await clerk.press("#card", "Enter");
      };
      await typed();
      await arrived(clerk, ".goods");
      await clerk.locator(".goods button:not([disabled])").first().click();
      await arrived(clerk, "#pin");
      await clerk.fill("#pin", "111119");
      await clerk.click("button.red");
      await arrived(clerk, "#pin-fault");
      assert.match(await clerk.textContent("#pin-fault"), /还可以试 4 次/);
      assert.equal(await clerk.inputValue("#pin"), "");
      await clerk.fill("#pin", pin);
      await clerk.click("button.red");
      await clerk.locator("main", { hasText: /兑换成功|超过用卡每天的上限/ }).waitFor();
      await staff.goto(desk);
      await staff.locator(".ask summary").click();
      await staff.click("button[value=lost]");
      await arrived(staff, "dt:has-text('上次挂失')");
      assert.match(await staff.textContent(".note.done"), /已挂失/);
      await typed();
      await arrived(clerk, "[role=alert]");
      assert.match(await clerk.textContent("[role=alert]"), /已经挂失/);
      await staff.context().close();
      await clerk.context().close();
    });
  }

  test(`a slip of a pad is entered once (${size})`, async () => {
    const { number } = await ownNumber({ viewport });
    const staff = await signedIn(browser, bank, "staff", { viewport });
    const clerk = await signedIn(browser, bank, "clerk", { viewport });
    const shop = (await clerk.textContent(".shop-name")).trim();
    await staff.goto(`${bank.address}/staff/print/slips`);
    await staff.selectOption("#shop", { label: shop });
    await staff.fill("#slips", "4");
    await staff.click("button.red.auto");
    await arrived(staff, ".paper-slip");
    assert.equal(await staff.locator("#shop option:checked").textContent(), shop);
    const slip = (await staff.locator(".paper-slip .text").first().textContent()).trim();
    await openCard(staff, number);
    await staff.click("a[href^='/staff/print/cards']");
    await arrived(staff, ".paper-card");
    const card = (await staff.textContent(".paper-card .text")).trim();
    const enter = async () => {
      await clerk.goto(`${bank.address}/shop/slips`);
      await clerk.fill("#slip", slip);
      await clerk.fill("#card", card);
      await clerk.locator("input[name^='pieces.']").first().fill("1");
      await clerk.click("button.red");
    };
    await enter();
    await clerk.locator("main", { hasText: /登记单 \d{6}/ }).waitFor();
    await enter();
    await arrived(clerk, "#slip-fault");
    assert.match(await clerk.textContent("#slip-fault"), /已经录过/);
    assert.deepEqual(await violations(clerk), []);
    await staff.context().close();
    await clerk.context().close();
  });
}

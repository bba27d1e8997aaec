// A delivery of forty kinds as a keeper pastes it, a faulty line that is named, the second person who books what is worth
// it, and the list for the notice board: on a phone and on a desktop.

import assert from "node:assert/strict";
import { test } from "node:test";
import { arrived, scrollsSideways, sent, SIZES, signedIn, violations, withBankAndBrowser } from "./bank.mjs";

let bank, browser;
withBankAndBrowser((...opened) => ([bank, browser] = opened));

/** Not wider than its window, and nothing that axe finds. */
async function isSound(page, viewport) {
  assert.equal(await scrollsSideways(page, viewport.width), false, page.url());
  assert.deepEqual(await violations(page), [], page.url());
}

/** Forty kinds, each line of them as a spreadsheet copies it. */
const lines = (name) => Array.from({ length: 40 }, (_, n) => `${name} ${n + 1}\t${n + 1}\t2031-08-31\t1.50\t3`).join("\n");

for (const [size, viewport] of Object.entries(SIZES)) {
  test(`forty kinds are pasted, checked and booked, and stand on the notice board (${size})`, async () => {
    const keeper = await signedIn(browser, bank, "owner", { viewport, bypassCSP: true });
    await keeper.goto(`${bank.address}/shop/goods`);
    await isSound(keeper, viewport);
    await keeper.click("a[href$='kind=goods_in']");
    await arrived(keeper, "textarea#lines");
    await isSound(keeper, viewport);
    await keeper.fill("#donor", `示例公司 ${size}`);
    await keeper.fill("#lines", `${lines(`示例 ${size}`)}\n食盐\t两袋`);
    await keeper.click("main button.red");
    await arrived(keeper, "[role=alert]");
    assert.match(await keeper.textContent("[role=alert]"), /第 41 行/);
    await isSound(keeper, viewport);
    // What was typed is kept.
    assert.match(await keeper.inputValue("#lines"), /两袋/);
    await keeper.fill("#lines", lines(`示例 ${size}`));
    await keeper.click("main button.red");
    await arrived(keeper, "[role=status]");
    assert.match(await keeper.textContent("main"), /监督员核对/);
    await isSound(keeper, viewport);

    const reviewer = await signedIn(browser, bank, "reviewer", { viewport, bypassCSP: true });
    await reviewer.goto(`${bank.address}/staff/goods`);
    await isSound(reviewer, viewport);
    await reviewer.locator("tbody th a").first().click();
    await arrived(reviewer, "button[value=approve_goods]");
    await isSound(reviewer, viewport);
    assert.match(await reviewer.textContent("main"), new RegExp(`示例公司 ${size}`));
    await sent(reviewer, "button[value=approve_goods]");
    await arrived(reviewer, ".pill");
    assert.match(await reviewer.textContent("main"), /已入账/);

    await keeper.goto(`${bank.address}/shop/goods/board`);
    await isSound(keeper, viewport);
    assert.match(await keeper.textContent("main"), new RegExp(`示例公司 ${size}`));
    await keeper.context().close();
    await reviewer.context().close();
  });
}

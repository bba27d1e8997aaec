// How messages leave the bank: the administrator's hooks, and each person's choice by topic.

import assert from "node:assert/strict";
import { test } from "node:test";
import { SIZES, scrollsSideways, signedIn, violations, withBankAndBrowser } from "./bank.mjs";

let bank, browser;
withBankAndBrowser((...opened) => ([bank, browser] = opened));

/** The card of the sample bank's hook. */
const card = (page) => page.locator("main section.card", { has: page.locator("h2", { hasText: /^短信$/ }) });

for (const [size, viewport] of Object.entries(SIZES)) {
  test(`a hook is resumed, people choose what it is for, and it is stopped (${size})`, async () => {
    const desk = await signedIn(browser, bank, "admin", { viewport, bypassCSP: true });
    await desk.goto(`${bank.address}/admin/senders`);
    await card(desk).locator("button", { hasText: "恢复" }).click();
    await card(desk).locator("button", { hasText: "停用" }).waitFor();
    assert.deepEqual(await violations(desk), []);

    const page = await signedIn(browser, bank, "volunteer", { viewport, bypassCSP: true });
    await page.goto(`${bank.address}/messages`);
    await page.click("a[href='/account/messages']");
    const tick = page.locator("input[value='sms/points']");
    await tick.setChecked(false);
    await page.locator("main button.red").click();
    await page.locator("main [role=status]", { hasText: "记下了" }).waitFor();
    assert.equal(await tick.isChecked(), false);
    await tick.setChecked(true);
    await page.locator("main button.red").click();
    await page.locator("main [role=status]", { hasText: "记下了" }).waitFor();
    assert.equal(await tick.isChecked(), true);
    assert.deepEqual(await violations(page), []);
    await page.setViewportSize({ width: 320, height: 700 });
    assert.equal(await scrollsSideways(page, 320), false);

    await card(desk).locator("button", { hasText: "停用" }).click();
    await card(desk).locator("button", { hasText: "恢复" }).waitFor();
    await page.goto(`${bank.address}/account/messages`);
    await page.locator("main", { hasText: "现在只有消息页" }).waitFor();
    await page.context().close();
    await desk.context().close();
  });
}

test("a hook that points inside is refused at its field, and what was typed stays", async () => {
  const desk = await signedIn(browser, bank, "admin", { viewport: SIZES.phone, bypassCSP: true });
  await desk.goto(`${bank.address}/admin/senders`);
  await desk.fill("#webhook_name", "公众号");
  await desk.fill("#webhook_code", "wechat");
  await desk.fill("#url", "https://10.0.0.1/in");
  await desk.locator("main button.red").click();
  await desk.locator("#url-fault", { hasText: "指向内部网络" }).waitFor();
  assert.equal(await desk.inputValue("#webhook_name"), "公众号");
  assert.deepEqual(await violations(desk), []);
  await desk.context().close();
});

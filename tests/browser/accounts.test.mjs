// The own account: devices that are signed out, a second factor from its setting up to its removal, complaints and
// proposals from the words to the answer.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { PASSWORD, SIZES, scrollsSideways, setSize, signedIn, violations, withBankAndBrowser } from "./bank.mjs";

let bank, browser;
withBankAndBrowser((...opened) => ([bank, browser] = opened));

/** The digits of an authenticator app for a secret in base32, some steps from now. */
function digits(base32, steps = 0) {
  let bits = "";
  for (const letter of base32.replaceAll(" ", "")) {
    bits += "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0");
  }
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const hash = createHmac("sha1", key).update(counter).digest();
  const at = hash[hash.length - 1] & 15;
  return String((hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

test("a device is signed out from another one", async () => {
  const phone = await signedIn(browser, bank, "volunteer", { bypassCSP: true });
  const other = await signedIn(browser, bank, "volunteer", { viewport: SIZES.desktop });
  await phone.goto(`${bank.address}/account/sessions`);
  assert.deepEqual(await violations(phone), []);
  await phone.setViewportSize({ width: 320, height: 700 });
  assert.equal(await scrollsSideways(phone, 320), false);
  await phone.locator("main button", { hasText: "退出其他所有设备" }).click();
  await phone.locator("main [role=status]", { hasText: "已退出" }).waitFor();
  assert.equal(await phone.locator("main div.card").count(), 1);
  await other.goto(`${bank.address}/me`);
  assert.match(other.url(), /\/login/);
  await phone.context().close();
  await other.context().close();
});

test("a second factor is set up, asked for at sign-in, and removed", async () => {
  const page = await signedIn(browser, bank, "auditor", { bypassCSP: true });
  await page.goto(`${bank.address}/account/second-factor`);
  await page.locator("main button.red").click();
  const secret = await page.textContent("main code.key");
  assert.deepEqual(await violations(page), []);
  await page.fill("#second_factor", "000000");
  await page.locator("main button.red").click();
  await page.locator("main [role=alert]", { hasText: "第二道验证不对" }).waitFor();
  await page.fill("#second_factor", digits(secret, -1));
  await page.locator("main button.red").click();
  const codes = await page.locator("main ul.codes code").allTextContents();
  assert.equal(codes.length, 10);
  assert.deepEqual(await violations(page), []);
  await page.context().close();

  const context = await browser.newContext({ viewport: SIZES.phone, locale: "zh-CN", bypassCSP: true });
  const again = await context.newPage();
  await again.goto(`${bank.address}/login`);
  await again.fill("#login", "auditor");
  await again.fill("#password", PASSWORD);
  await again.locator("main button.red").click();
  await again.waitForSelector("#second_factor");
  assert.deepEqual(await violations(again), []);
  await again.fill("#password", PASSWORD);
  await again.fill("#second_factor", digits(secret));
  await again.locator("main button.red").click();
  await again.waitForURL((url) => !url.pathname.startsWith("/login"));
  await again.goto(`${bank.address}/account/second-factor`);
  await again.fill("#second_factor", codes[0]);
  await again.locator("main button", { hasText: "取消第二道验证" }).click();
  await again.locator("main [role=status]", { hasText: "已取消" }).waitFor();
  await context.close();
});

for (const [size, viewport] of Object.entries(SIZES)) {
  test(`a complaint is written, answered and closed (${size})`, async () => {
    const page = await signedIn(browser, bank, "volunteer", { viewport, bypassCSP: true });
    await page.goto(`${bank.address}/feedback`);
    assert.deepEqual(await violations(page), []);
    await page.fill("#feedback_words", `活动室的灯坏了，晚上看不清（${size}）`);
    await page.locator("main button.red").click();
    await page.locator("main [role=status]", { hasText: "收到了" }).waitFor();
    const path = new URL(page.url()).pathname;
    const staff = await signedIn(browser, bank, "staff", { viewport, bypassCSP: true });
    await staff.goto(`${bank.address}/staff/feedback`);
    assert.deepEqual(await violations(staff), []);
    await staff.click(`main a[href='/staff${path}']`);
    await staff.fill("#answer", "已经报修，明天换好。");
    await staff.locator("main button.red").click();
    await staff.locator("main [role=status]", { hasText: "已答复" }).waitFor();
    await setSize(page, bank, "largest");
    await page.goto(bank.address + path);
    await page.setViewportSize({ width: 320, height: 700 });
    assert.equal(await scrollsSideways(page, 320), false);
    await page.locator("main button", { hasText: "满意" }).first().click();
    await page.locator("main [role=status]", { hasText: "这件事办完了" }).waitFor();
    await page.context().close();
    await staff.context().close();
  });
}

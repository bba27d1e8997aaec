// The own data on a phone and on a desktop: the copy is a download, consents are given and taken back, a correction is
// decided, an erasure is asked for and taken back.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { scrollsSideways, signedIn, violations, withBankAndBrowser } from "./bank.mjs";

let bank, browser;
withBankAndBrowser((...opened) => ([bank, browser] = opened));

const WIDTHS = [390, 1366];

async function isSound(page) {
  assert.deepEqual(await violations(page), []);
  assert.equal(await scrollsSideways(page, page.viewportSize().width), false);
}

for (const width of WIDTHS) {
  test(`the copy is downloaded at ${width}`, async () => {
    const page = await signedIn(browser, bank, "volunteer", { viewport: { width, height: 900 }, bypassCSP: true });
    await page.goto(`${bank.address}/me/data`);
    await isSound(page);
    const waiting = page.waitForEvent("download");
    await page.locator("main button.red", { hasText: "下载全部资料" }).click();
    const download = await waiting;
    assert.match(download.suggestedFilename(), /\.zip$/);
    const bytes = await readFile(await download.path());
    assert.equal(bytes.subarray(0, 2).toString(), "PK");
    assert.ok(bytes.includes("data.json") && bytes.includes("passbook.csv"));
    await page.context().close();
  });

  test(`consents are given and taken back at ${width}`, async () => {
    const page = await signedIn(browser, bank, "volunteer", { viewport: { width, height: 900 }, bypassCSP: true });
    await page.goto(`${bank.address}/me/consents`);
    await isSound(page);
    const card = page.locator("main form.card", { has: page.locator("input[value=party_membership]") });
    await card.locator("button").click();
    await page.locator("main [role=status]", { hasText: "已记下您的同意" }).waitFor();
    const given = page.locator("main form.card", { hasText: "政治面貌" });
    await given.locator("button", { hasText: "撤回" }).click();
    await page.locator("main [role=status]", { hasText: "马上起作用" }).waitFor();
    await page.context().close();
  });
}

test("a correction and an erasure are asked for, and what staff decide is seen", async () => {
  const page = await signedIn(browser, bank, "volunteer", { viewport: { width: 390, height: 900 }, bypassCSP: true });
  await page.goto(`${bank.address}/me/data`);
  await page.locator("main label", { hasText: "手艺" }).click();
  await page.fill("#corrected_value", "修鞋");
  await page.fill("#reason", "登记时漏写了");
  await page.locator("main button", { hasText: "申请更正" }).click();
  await page.locator("main [role=status]", { hasText: "更正申请交上去了" }).waitFor();
  await page.locator("main button", { hasText: "申请注销" }).click();
  await page.locator("main [role=status]", { hasText: "注销申请交上去了" }).waitFor();
  await isSound(page);
  for (const width of WIDTHS) {
    const staff = await signedIn(browser, bank, "staff", { viewport: { width, height: 900 }, bypassCSP: true });
    await staff.goto(`${bank.address}/staff/requests`);
    await staff.locator("main section", { hasText: "手艺：修鞋" }).waitFor();
    await isSound(staff);
    await staff.context().close();
  }
  await page.locator("main form", { has: page.locator("button[value=withdraw_erasure]") }).locator("button").click();
  await page.locator("main [role=status]", { hasText: "申请撤回了" }).waitFor();
  await page.context().close();
});

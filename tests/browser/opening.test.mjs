// An empty bank is opened in a browser, from the printed link to the first award: on a phone and on a desktop, with
// scripts and without.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { arrived, SIZES, openBrowser, startEmptyBank, violations } from "./bank.mjs";

const PASSWORD = "three ferries at noon";

let browser;
before(async () => {
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
});

async function fill(page, fields) {
  for (const [name, value] of Object.entries(fields)) await page.fill(`[name="${name}"]`, value);
}

/** No page is wider than its window, and none has an accessibility violation. */
async function fits(page, name, checks) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wide <= 0, `${page.url()} is ${wide} px too wide`);
  if (checks) {
    const found = await violations(page);
    assert.deepEqual(found, [], page.url());
  }
  if (process.env.SCREENS) await page.screenshot({ path: join(process.env.SCREENS, `${name}.png`), fullPage: true });
}

for (const [size, viewport] of Object.entries(SIZES)) {
  for (const javaScriptEnabled of [true, false]) {
    test(`a bank is opened up to its first award (${size}, scripts ${javaScriptEnabled ? "on" : "off"})`, async () => {
      const bank = await startEmptyBank();
      try {
        const context = await browser.newContext({ viewport, locale: "zh-CN", javaScriptEnabled, bypassCSP: true });
        const page = await context.newPage();
        const shot = (name) => fits(page, `${name}-${viewport.width}${javaScriptEnabled ? "" : "-plain"}`, javaScriptEnabled);
        await page.goto(`${bank.address}/setup?token=${bank.token}`);
        await shot("setup-1");
        await fill(page, { bank_name: "示例积分银行", org_name: "示例街道", org_code: "S01", name: "示例甲", login: "head" });
        await page.fill("#password", PASSWORD);
        await page.click("button.red");
        await page.waitForURL("**/setup/community");
        await fill(page, { org_name: "示例社区", org_code: "S01-1" });
        await page.check("#staff_self");
        await fill(page, { reviewer_name: "示例乙", reviewer_login: "second", reviewer_password: PASSWORD });
        await shot("setup-2");
        await page.click("button.red");
        await page.waitForURL("**/setup/scheme");
        await shot("setup-3");
        await page.click("a:has-text('涧贤志愿服务积分办法')");
        await shot("setup-3-read");
        await page.click("button.red");
        await page.waitForURL("**/setup/scheme");
        await shot("setup-3-second");
        await page.fill("#password", PASSWORD);
        await page.click("button.red");
        await page.waitForURL("**/setup/people");
        await shot("setup-4");
        const sheet = Buffer.from("姓名,手机号\n示例丙,13800000001\n示例丁,1380\n");
        await page.setInputFiles("#sheet_file", { name: "sheet.csv", mimeType: "text/csv", buffer: sheet });
        await page.click("button[value=check]");
        await page.waitForSelector(".bad-row");
        await shot("setup-4-bad");
        await page.fill("[name='cell.2.1']", "13800000002");
        await page.click(".dock button");
        await page.waitForSelector("button[value=take]");
        await shot("setup-4-good");
        await page.click("button[value=take]");
        await page.waitForURL("**/setup/people?done=2");
        await page.click("a.button.red");
        await page.waitForURL("**/setup/done");
        await shot("setup-5");
        await page.click("a.button.red");
        await page.waitForURL("**/staff/awards");
        await page.selectOption("#scheme_item", { label: "建议被采纳 · 每条 3 分" });
        await page.fill("#paste", "示例丙\t13800000001\n示例丁\t13800000002\n");
        await page.click("button[value=check]");
        await page.click(".dock button.red");
        await page.waitForURL("**/staff/awards/list?given=2**");
        await context.close();
      } finally {
        await bank.stop();
      }
    });
  }
}

test("a list is checked again when a cell changes, and by its button without scripts", async () => {
  const bank = await startEmptyBank();
  try {
    const context = await browser.newContext({ viewport: SIZES.desktop, locale: "zh-CN" });
    const page = await context.newPage();
    await page.goto(`${bank.address}/setup?token=${bank.token}`);
    await fill(page, { bank_name: "示例积分银行", org_name: "示例街道", org_code: "S01", name: "示例甲", login: "head" });
    await page.fill("#password", PASSWORD);
    await page.click("button.red");
    await fill(page, { org_name: "示例社区", org_code: "S01-1" });
    await page.check("#staff_self");
    await fill(page, { reviewer_name: "示例乙", reviewer_login: "second", reviewer_password: PASSWORD });
    await page.click("button.red");
    await page.goto(bank.address + "/setup/scheme?sample=jianxian");
    await page.click("button.red");
    await page.fill("#password", PASSWORD);
    await page.click("button.red");
    await page.waitForURL("**/setup/people");
    await page.fill("#sheet", "姓名,手机号\n示例丙,13800000001\n");
    await page.click("button[value=check]");
    await page.click("button[value=take]");
    await page.goto(bank.address + "/staff/awards");
    await page.selectOption("#scheme_item", { label: "建议被采纳 · 每条 3 分" });
    await page.fill("#paste", "示例丙\t13800000009\n");
    await page.click("button[value=check]");
    await arrived(page, "tr.bad");
    await page.fill("[name='row.0.who']", "13800000001");
    await page.locator("[name='row.0.note']").focus();
    await page.waitForSelector("tr:not(.bad) .fine");
    assert.match(await page.textContent(".dock button.red"), /确认发给 1 人/);
    assert.equal(await page.evaluate(() => document.activeElement.name), "row.0.note");
    assert.equal(await page.locator("[data-mend] .alert").count(), 0);
    await page.click(".dock button.red");
    await page.waitForURL("**/staff/awards/list?given=1**");
    await context.close();
  } finally {
    await bank.stop();
  }
});

// An empty bank is opened in a browser, from the printed link to the first award: on a phone and on a desktop, with
// scripts and without.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { SIZES, openBrowser } from "./bank.mjs";

const root = new URL("../..", import.meta.url).pathname;
const PASSWORD = "three ferries at noon";
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** A server with an empty bank: the link that it prints, and how it is stopped. */
async function emptyBank() {
  const program = process.env.JIANXIAN ?? join(root, process.env.CARGO_TARGET_DIR ?? "target", "debug/jianxian");
  const data = mkdtempSync(join(tmpdir(), "jianxian-opening-"));
  const env = { ...process.env, JIANXIAN_LOG_LEVEL: "error", JIANXIAN_LIMITS_SIGN_IN_PER_MINUTE: "0" };
  const child = spawn(program, ["serve", "--data", data, "--port", "0"], { env, stdio: ["ignore", "pipe", "pipe"] });
  let printed = "";
  const link = await new Promise((done, failed) => {
    const take = (text) => {
      printed += text;
      const found = printed.match(/http:\/\/127\.0\.0\.1:\d+\/setup\?token=\w+/);
      if (found) done(found[0]);
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    child.on("exit", (code) => failed(new Error(`the bank ended with ${code}: ${printed}`)));
  });
  const stop = async () => {
    const ended = new Promise((done) => child.on("exit", done));
    child.kill("SIGTERM");
    await ended;
    rmSync(data, { recursive: true, force: true });
  };
  return { link, stop };
}

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
    await page.evaluate(axe);
    const { violations } = await page.evaluate((rules) => globalThis.axe.run(document, { runOnly: rules }), RULES);
    const found = violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(" ")).join(", ")}`);
    assert.deepEqual(found, [], page.url());
  }
  if (process.env.SCREENS) await page.screenshot({ path: join(process.env.SCREENS, `${name}.png`), fullPage: true });
}

for (const [size, viewport] of Object.entries(SIZES)) {
  for (const javaScriptEnabled of [true, false]) {
    test(`a bank is opened up to its first award (${size}, scripts ${javaScriptEnabled ? "on" : "off"})`, async () => {
      const bank = await emptyBank();
      try {
        const context = await browser.newContext({ viewport, locale: "zh-CN", javaScriptEnabled, bypassCSP: true });
        const page = await context.newPage();
        const shot = (name) => fits(page, `${name}-${viewport.width}${javaScriptEnabled ? "" : "-plain"}`, javaScriptEnabled);
        await page.goto(bank.link);
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
  const bank = await emptyBank();
  try {
    const context = await browser.newContext({ viewport: SIZES.desktop, locale: "zh-CN" });
    const page = await context.newPage();
    await page.goto(bank.link);
    await fill(page, { bank_name: "示例积分银行", org_name: "示例街道", org_code: "S01", name: "示例甲", login: "head" });
    await page.fill("#password", PASSWORD);
    await page.click("button.red");
    await fill(page, { org_name: "示例社区", org_code: "S01-1" });
    await page.check("#staff_self");
    await fill(page, { reviewer_name: "示例乙", reviewer_login: "second", reviewer_password: PASSWORD });
    await page.click("button.red");
    await page.goto(new URL("/setup/scheme?sample=jianxian", bank.link).href);
    await page.click("button.red");
    await page.fill("#password", PASSWORD);
    await page.click("button.red");
    await page.waitForURL("**/setup/people");
    await page.fill("#sheet", "姓名,手机号\n示例丙,13800000001\n");
    await page.click("button[value=check]");
    await page.click("button[value=take]");
    await page.goto(new URL("/staff/awards", bank.link).href);
    await page.selectOption("#scheme_item", { label: "建议被采纳 · 每条 3 分" });
    await page.fill("#paste", "示例丙\t13800000009\n");
    await page.click("button[value=check]");
    await page.waitForSelector("tr.bad");
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

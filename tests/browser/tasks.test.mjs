// What each role does every day, on a phone and on a desktop, with scripts and without, and in how many taps.

import assert from "node:assert/strict";
import { test } from "node:test";
import { arrived, SIZES, signedIn, withBankAndBrowser } from "./bank.mjs";

let bank, browser;
withBankAndBrowser((...opened) => ([bank, browser] = opened));

for (const [size, viewport] of Object.entries(SIZES)) {
  for (const javaScriptEnabled of [true, false]) {
    const where = `${size}, scripts ${javaScriptEnabled ? "on" : "off"}`;

    test(`a volunteer sees the balance, the code, and why (${where})`, async () => {
      const page = await signedIn(browser, bank, "volunteer", { viewport, javaScriptEnabled });
      // 0 taps: the balance is on the first page.
      assert.match(await page.textContent(".balance"), /\d/);
      // 1 tap: the code.
      await page.click(".cover a");
      assert.match(await page.textContent("p.digits"), /\d{4} \d{4}/);
      assert.ok(await page.locator(".picture svg").isVisible());
      await page.goto(`${bank.address}/me`);
      // 1 tap: why an entry is what it is.
      await page.click("a.why >> nth=0");
      assert.match(await page.textContent("dl.facts"), /分录号/);
      await page.goto(`${bank.address}/me/passbook`);
      await page.click("a.why:has-text('为什么') >> nth=0");
      assert.match(await page.textContent("h1"), /为什么是这个分/);
      await page.context().close();
    });

    test(`a shop takes points in three taps, and hands them back (${where})`, async () => {
      const options = { viewport, javaScriptEnabled };
      const volunteer = await signedIn(browser, bank, "volunteer", options);
      const clerk = await signedIn(browser, bank, "clerk", options);
      await volunteer.goto(`${bank.address}/me/code`);
      const digits = (await volunteer.textContent("p.digits")).match(/\d{4} \d{4}/)[0];
      await clerk.fill("#code", digits);
      await clerk.click("form[action='/shop'] button"); // 1
      const goods = clerk.locator(".goods button:not([disabled])").first();
      await goods.click(); // 2
      const confirm = clerk.locator("button.red");
      assert.match(await confirm.textContent(), /确认兑换 [\d.,]+ 分/);
      await confirm.click(); // 3
      await clerk.waitForURL("**/shop/receipts/**");
      assert.match(await clerk.textContent("h1"), /兑换成功/);
      const text = await clerk.textContent("body");
      assert.ok(!text.includes("余额"), "a clerk sees no balance");
      if (javaScriptEnabled) {
        await volunteer.waitForFunction(() => document.body.innerText.includes("已兑换"), null, { timeout: 15_000 });
      } else {
        await volunteer.goto(`${bank.address}/me/code`);
      }
      assert.match(await volunteer.textContent("h1"), /已兑换/);
      await clerk.click("summary");
      await clerk.click("button[value=refund_redemption]");
      await clerk.waitForLoadState();
      assert.match(await clerk.textContent("h1"), /退货/);
      await volunteer.context().close();
      await clerk.context().close();
    });
  }
}

test("a wrong code stays typed, and the field is in focus, as it is for a scanner gun", async () => {
  const clerk = await signedIn(browser, bank, "clerk");
  await clerk.waitForLoadState();
  assert.equal(await clerk.evaluate(() => document.activeElement.id), "code");
  await clerk.fill("#code", "1234 5678");
  await clerk.press("#code", "Enter");
  await clerk.waitForSelector("[role=alert]");
  assert.match(await clerk.title(), /^有错误：/);
  assert.equal(await clerk.inputValue("#code"), "1234 5678");
  assert.equal(await clerk.evaluate(() => document.activeElement.id), "code");
  await clerk.context().close();
});

test("in English, at the largest size", async () => {
  const page = await signedIn(browser, bank, "volunteer", { locale: "en-GB" });
  await page.goto(`${bank.address}/size/largest?back=/me`);
  assert.equal(await page.getAttribute("html", "data-size"), "largest");
  assert.equal(await page.getAttribute("html", "lang"), "en");
  assert.match(await page.textContent("body"), /Show the code/);
  await page.context().close();
});

for (const login of ["volunteer", "clerk", "owner", "staff", "reviewer", "admin", "auditor"]) {
  test(`what stands around the data is English for ${login}`, async () => {
    const page = await signedIn(browser, bank, login, { locale: "en-GB" });
    const menu = await page.$$eval("nav a[href^='/']", (all) => all.map((link) => link.getAttribute("href")));
    for (const path of [new URL(page.url()).pathname, ...new Set(menu)]) {
      await page.goto(bank.address + path);
      assert.equal(await page.getAttribute("html", "lang"), "en", path);
      // Names of people, goods and places stay as they are, also where a row of a table is chosen by its name; labels,
      // menus and headings of tables are ours.
      const ours = await page.$$eval("nav a, label:not(tbody label), th[scope=col], legend, .hint", (all) => all.map((one) => one.innerText));
      const chinese = ours.filter((text) => /[\u4e00-\u9fff]/.test(text.replace(/中文|李示兰/, "")));
      assert.deepEqual(chinese, [], path);
    }
    await page.context().close();
  });
}

test("the network goes in the middle of a payment: the page stays, and asks again under the same key", async () => {
  const volunteer = await signedIn(browser, bank, "volunteer");
  const clerk = await signedIn(browser, bank, "clerk");
  await clerk.goto(`${bank.address}/shop/day`);
  const number = async () => {
    await clerk.goto(`${bank.address}/shop`);
    return Number((await clerk.textContent(".till > section.card p:has(.big)")).match(/· *(\d+)/)[1]);
  };
  const before = await number();
  await volunteer.goto(`${bank.address}/me/code`);
  const digits = (await volunteer.textContent("p.digits")).match(/\d{4} \d{4}/)[0];
  await clerk.fill("#code", digits);
  await clerk.click("form[action='/shop'] button");
  await clerk.locator(".goods button:not([disabled])").first().click();
  await arrived(clerk, "button.red");
  // The request arrives, the answer does not.
  await clerk.route("**/check*", async (route) => {
    if (route.request().method() !== "POST") return route.continue();
    await route.fetch({ maxRedirects: 0 });
    return route.abort("internetdisconnected");
  }, { times: 1 });
  await clerk.click("button.red");
  await clerk.waitForSelector("form [role=alert]");
  assert.match(await clerk.textContent("form [role=alert]"), /同一笔只记一次/);
  assert.match(await clerk.textContent("button.red"), /再问一次/);
  await clerk.click("button.red");
  await clerk.waitForURL("**/shop/receipts/**");
  assert.match(await clerk.textContent("h1"), /兑换成功/);
  assert.equal(await number(), before + 1, "taken once");
  await volunteer.context().close();
  await clerk.context().close();
});

test("people are listed while their name is typed, and a whole phone stands in no address", async () => {
  const staff = await signedIn(browser, bank, "staff");
  await staff.goto(`${bank.address}/staff/people`);
  const name = (await staff.locator("#found th a").last().textContent()).trim();
  const asked = [];
  staff.on("request", (request) => asked.push(request.url()));
  await staff.locator("#q").pressSequentially(name);
  await staff.waitForFunction((name) => {
    const names = [...document.querySelectorAll("#found th a")].map((link) => link.textContent.trim());
    return names.length > 0 && names.every((one) => one.startsWith(name));
  }, name);
  assert.equal(await staff.inputValue("#q"), name, "the field keeps what is typed");
  await staff.fill("#q", "");
  await staff.waitForTimeout(400);
  asked.length = 0;
  await staff.fill("#q", "13800000000");
  await staff.waitForTimeout(400);
  assert.deepEqual(asked, []);
  await staff.context().close();
});

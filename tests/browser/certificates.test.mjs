// A certificate of service: issued by the volunteer, printed on one sheet of A4, checked by everyone from its picture and
// by typing; by staff at the counter; an export of service records.

import assert from "node:assert/strict";
import { test } from "node:test";
import { SIZES, scrollsSideways, setSize, signedIn, violations, withBankAndBrowser } from "./bank.mjs";

let bank, browser;
withBankAndBrowser((...opened) => ([bank, browser] = opened));

/** Number, digits and address of the certificate that is open. */
async function paper(page) {
  return {
    number: (await page.textContent(".issuer div:last-child dd")).trim(),
    digits: (await page.textContent(".verify b")).trim(),
    address: (await page.textContent(".certificate footer")).match(/https?:\S+/)[0],
  };
}

for (const [size, viewport] of Object.entries(SIZES)) {
  for (const javaScriptEnabled of [true, false]) {
    test(`a volunteer has a certificate issued, and anyone checks it (${size}, scripts ${javaScriptEnabled ? "on" : "off"})`, async () => {
      const page = await signedIn(browser, bank, "volunteer", { viewport, javaScriptEnabled, bypassCSP: true });
      await page.goto(`${bank.address}/me/hours`);
      await page.click("main a[href='/me/certificates']");
      await page.click("main form button");
      await page.waitForURL(/\/me\/certificates\/[0-9a-f-]{36}$/);
      assert.match(await page.textContent(".says"), /兹证明.*服务时间共/);
      const { number, digits, address } = await paper(page);
      const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: false });
      assert.equal([...pdf.toString("latin1").matchAll(/\/MediaBox/g)].length, 1, "one sheet");
      const stranger = await (await browser.newContext({ locale: "zh-CN", viewport, javaScriptEnabled, bypassCSP: true })).newPage();
      await stranger.goto(address);
      await stranger.fill("#certificate", number);
      await stranger.fill("#check_code", digits);
      await stranger.click("main form button");
      assert.match(await stranger.textContent("main [role=status]"), /有效[\s\S]*\*\*/);
      await stranger.fill("#check_code", "000000000000");
      await stranger.click("main form button");
      assert.match(await stranger.textContent("#check_code-fault"), /没有查到这份证明/);
      await stranger.context().close();
      await page.context().close();
    });
  }
}

test("the pages of certificates are accessible and do not scroll sideways", async () => {
  const page = await signedIn(browser, bank, "volunteer", { bypassCSP: true });
  await page.goto(`${bank.address}/me/certificates`);
  const one = await page.locator("main .ledger a").first().getAttribute("href");
  await page.goto(bank.address + one);
  const { address, number } = await paper(page);
  const check = new URL(address).pathname;
  const faults = [];
  for (const text of ["standard", "largest"]) {
    await setSize(page, bank, text);
    for (const path of ["/me/certificates", one, check, `${check}?certificate=${number}&check_code=1`]) {
      for (const viewport of Object.values(SIZES)) {
        await page.setViewportSize(viewport);
        await page.goto(bank.address + path);
        for (const violation of await violations(page)) faults.push(`${path} ${text} ${viewport.width}: ${violation}`);
      }
      await page.setViewportSize({ width: 320, height: 640 });
      if (await scrollsSideways(page, 320)) faults.push(`${path} ${text}: scrolls sideways at 320`);
    }
  }
  assert.deepEqual(faults, []);
  await page.context().close();
});

test("staff revoke a certificate with a reason, and the picture says so", async () => {
  const volunteer = await signedIn(browser, bank, "volunteer");
  await volunteer.goto(`${bank.address}/me/certificates`);
  await volunteer.goto(bank.address + (await volunteer.locator("main .ledger a").first().getAttribute("href")));
  const { number, digits, address } = await paper(volunteer);
  const id = volunteer.url().split("/").pop();
  const staff = await signedIn(browser, bank, "staff");
  await staff.goto(`${bank.address}/staff/certificates/${id}`);
  await staff.locator("summary", { hasText: "作废这份证明" }).click();
  await staff.fill("#revoke-reason", "写错了姓名");
  await staff.locator("button", { hasText: "作废 1 份证明" }).click();
  assert.match(await staff.textContent("main [role=status]"), /已作废[\s\S]*写错了姓名/);
  await volunteer.goto(`${address}?certificate=${number}&check_code=${digits.replaceAll(" ", "")}`);
  assert.match(await volunteer.textContent("main [role=status]"), /已作废/);
  await volunteer.context().close();
  await staff.context().close();
});

test("staff export the service records of a year as a workbook", async () => {
  const staff = await signedIn(browser, bank, "staff", { acceptDownloads: true });
  await staff.goto(`${bank.address}/staff/records`);
  await staff.click("main a[href='/staff/export']");
  const [file] = await Promise.all([staff.waitForEvent("download"), staff.click("main button[value=xlsx]")]);
  assert.match(file.suggestedFilename(), /\.xlsx$/);
  await staff.context().close();
});

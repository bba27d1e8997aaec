// The figures of a period: chosen in the address, read on a phone and a desk, printed, downloaded; the report of a month.

import assert from "node:assert/strict";
import { test } from "node:test";
import { SIZES, scrollsSideways, setSize, signedIn, violations, withBankAndBrowser } from "./bank.mjs";

let bank, browser;
withBankAndBrowser((...opened) => ([bank, browser] = opened));

test("an administrator sees five counts, chooses another period and a street, and takes the figures along", async () => {
  const page = await signedIn(browser, bank, "admin", { bypassCSP: true, acceptDownloads: true });
  await page.goto(`${bank.address}/staff/figures`);
  assert.equal(await page.locator(".five li").count(), 5);
  const counts = await page.locator(".five b").allTextContents();
  assert.ok(counts.every((text) => /^[1-9][0-9,]*$/.test(text)), counts.join(" "));
  await page.click("nav.row a >> nth=1");
  assert.match(page.url(), /from=\d{4}-\d\d-01&until=/);
  await page.goto(`${bank.address}/staff/figures`);
  const street = page.locator("#org option").nth(2);
  await page.selectOption("#org", await street.getAttribute("value"));
  await page.click("form.card button");
  assert.match(page.url(), /org=[0-9a-f-]{36}/);
  assert.ok((await page.textContent("main .detail")).includes((await street.textContent()).trim()));
  const [download] = await Promise.all([page.waitForEvent("download"), page.click("a[href*='file=xlsx'] >> nth=0")]);
  assert.match(download.suggestedFilename(), /\.xlsx$/);
  await page.context().close();
});

test("the pages of the figures are accessible and do not scroll sideways", async () => {
  const page = await signedIn(browser, bank, "admin", { bypassCSP: true });
  const faults = [];
  for (const text of ["standard", "largest"]) {
    await setSize(page, bank, text);
    for (const path of ["/staff/figures", "/staff/figures?from=2020-01-01", "/staff/figures/report"]) {
      for (const viewport of Object.values(SIZES)) {
        await page.setViewportSize(viewport);
        await page.goto(bank.address + path);
        for (const fault of await violations(page)) faults.push(`${path} ${viewport.width} ${text}: ${fault}`);
        if (await scrollsSideways(page, viewport.width)) faults.push(`${path} ${viewport.width} ${text}: scrolls sideways`);
      }
    }
  }
  assert.deepEqual(faults, []);
  await page.context().close();
});

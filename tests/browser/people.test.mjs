// Help from every page, finding people by initials, and households.

import assert from "node:assert/strict";
import { test } from "node:test";
import { SIZES, signedIn, withBankAndBrowser } from "./bank.mjs";

let bank, browser;
withBankAndBrowser((...opened) => ([bank, browser] = opened));

for (const [size, viewport] of Object.entries(SIZES)) {
  const options = { viewport, javaScriptEnabled: false };

  test(`a telephone stands at the foot of every page, and complaints are one tap away (${size})`, async () => {
    for (const [login, path] of [["volunteer", "/me"], ["clerk", "/shop"], ["staff", "/staff"]]) {
      const page = await signedIn(browser, bank, login, options);
      await page.goto(bank.address + path);
      const telephone = page.locator("footer a[href^='tel:']");
      assert.match(await telephone.textContent(), /0379-0000 \d{4}/);
      await page.click("footer a[href='/feedback']"); // 1
      assert.match(await page.textContent("main"), /不影响您的积分/);
      await page.context().close();
    }
  });

  test(`staff find a person by initials in one search, and a household of theirs (${size})`, async () => {
    const page = await signedIn(browser, bank, "staff", options);
    await page.goto(`${bank.address}/staff/people`);
    // The second character of many sample names is 示 (shi).
    const names = await page.$$eval("tbody th a", (links) => links.map((link) => link.textContent.trim()));
    const name = names.find((name) => name[1] === "示");
    await page.fill("#q", `${name.slice(0, 1)}s`);
    await page.click("form[action='/staff/people'] button");
    assert.match(await page.textContent("main"), new RegExp(name));
    await page.goto(`${bank.address}/staff/households`);
    await page.click("tbody th a >> nth=0");
    assert.match(await page.textContent("main"), /户主/);
    await page.context().close();
  });
}

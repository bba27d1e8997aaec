// A volunteer applies for a shop, an administrator opens it with its rate, agrees on a new one, and makes a log-in for
// the owner: on a phone and on a desktop, with and without scripts.

import assert from "node:assert/strict";
import { test } from "node:test";
import { arrived, scrollsSideways, sent, SIZES, signedIn, violations, withBankAndBrowser } from "./bank.mjs";

let bank, browser;
withBankAndBrowser((...opened) => ([bank, browser] = opened));

for (const [size, viewport] of Object.entries(SIZES)) {
  for (const scripts of [true, false]) {
    test(`a shop is applied for, opened and paid by a rate (${size}, scripts ${scripts ? "on" : "off"})`, async () => {
      const options = { viewport, bypassCSP: true, javaScriptEnabled: scripts };
      const isSound = async (page) => {
        assert.equal(scripts && await scrollsSideways(page, viewport.width), false, page.url());
        if (scripts) assert.deepEqual(await violations(page), [], page.url());
      };
      const name = `示例修鞋铺 ${size} ${scripts}`;
      const volunteer = await signedIn(browser, bank, "volunteer", options);
      await volunteer.goto(`${bank.address}/shops`);
      await volunteer.click("a[href='/me/shop-applications']");
      await arrived(volunteer, "#offered");
      await isSound(volunteer);
      await volunteer.fill("#title", name);
      await volunteer.fill("#address", "示例路 8 号");
      await volunteer.fill("#offered", "修鞋，每天 9:00 到 17:00");
      await volunteer.fill("#credit_code", "92000000MA0E8AMP17");
      await sent(volunteer, "main button.red");
      // One sign of the code is wrong: it is said at its field, and nothing is lost.
      assert.match(await volunteer.textContent("#credit_code-fault"), /信用代码/);
      assert.equal(await volunteer.inputValue("#title"), name);
      await isSound(volunteer);
      await volunteer.fill("#credit_code", "92000000MA0E8AMP10");
      await sent(volunteer, "main button.red");
      assert.match(await volunteer.textContent("main [role=status]"), /收到了/);
      await isSound(volunteer);
      const own = new URL(volunteer.url()).pathname;

      const admin = await signedIn(browser, bank, "admin", options);
      await admin.goto(`${bank.address}/admin`);
      assert.match(await admin.textContent("main"), /商家申请等您答复/);
      await admin.goto(bank.address + own.replace("/me/shop-applications", "/admin/shops/applications"));
      await isSound(admin);
      await sent(admin, "main button.red");
      assert.match(await admin.textContent("#rate_fen-fault"), /没有写单价/);
      await admin.fill("#rate_fen", "40");
      await sent(admin, "main button.red");
      await isSound(admin);
      await admin.locator("main a.more[href^='/admin/shops/']").click();
      await arrived(admin, "main summary");
      await admin.locator("main summary").first().click();
      await admin.fill("#rate_fen", "45");
      await sent(admin, "main form:has(input[value=change]) button");
      assert.match(await admin.textContent("main"), /每分 45 分钱/);
      await isSound(admin);
      await admin.locator("main summary").nth(1).click();
      await admin.fill("#name", "示例店主");
      await admin.fill("#login", `cobbler-${size}-${scripts}`);
      await admin.fill("#password", "修鞋铺的口令要长一点才行，请记好它");
      await sent(admin, "main form:has(input[value=owner]) button");
      assert.match(await admin.textContent("main"), /角色已授予/);
      await isSound(admin);

      await volunteer.goto(bank.address + own);
      assert.match(await volunteer.textContent("main"), /已批准/);
      await volunteer.context().close();
      await admin.context().close();
    });
  }
}

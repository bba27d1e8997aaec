// Pages in states that are not the usual one: a bank in which there is nothing yet, and the keyboard alone.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  PASSWORD, SIZES, crawl, hasSomethingNew, kindOf, plainPages, scrollsSideways, signedIn, withBankAndBrowser, startEmptyBank, violations,
} from "./bank.mjs";

const LOGINS = ["volunteer", "clerk"];
let bank, browser;
withBankAndBrowser((...opened) => ([bank, browser] = opened));

for (const login of LOGINS) {
  test(`${login} reaches everything by keyboard, and sees where the focus is`, { timeout: 600_000 }, async () => {
    const page = await signedIn(browser, bank, login);
    const faults = [];
    for (const { path } of await crawl(page, bank, ["/", ...plainPages()], 12)) {
      for (const viewport of [SIZES.phone, SIZES.desktop]) {
        await page.setViewportSize(viewport);
        await page.goto(bank.address + path);
        await page.evaluate(() => document.activeElement?.blur?.());
        let before = -1;
        for (let steps = 0; steps < 40; steps++) {
          await page.keyboard.press("Tab");
          const at = await page.evaluate(() => {
            const focused = document.activeElement;
            if (!focused || focused === document.body) return null;
            const order = [...document.querySelectorAll("*")].indexOf(focused);
            const style = getComputedStyle(focused);
            const box = focused.getBoundingClientRect();
            const [x, y] = [box.left + Math.min(box.width / 2, 20), box.top + Math.min(box.height / 2, 20)];
            const top = document.elementFromPoint(x, y);
            const label = focused.labels?.[0];
            const seen = !top || focused.contains(top) || top.contains(focused) || label?.contains(top);
            const name = `${focused.tagName} ${focused.getAttribute("href") ?? focused.name ?? ""}`;
            return { order, name, seen, outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 };
          });
          // Past the last one, the focus goes to the browser's own bar.
          if (!at || at.order <= before) break;
          before = at.order;
          if (!at.outlined) faults.push(`${path} ${viewport.width}: ${at.name} does not show its focus`);
          if (!at.seen) faults.push(`${path} ${viewport.width}: ${at.name} is covered while in focus`);
        }
        if (before < 0) faults.push(`${path} ${viewport.width}: nothing takes the focus`);
      }
    }
    assert.deepEqual([...new Set(faults)], []);
    await page.context().close();
  });
}

/** Users of an empty bank: an administrator, a member of staff, a volunteer, a shop's owner, an auditor. */
async function peopled(empty) {
  const send = async (path, token, body) => {
    const headers = { "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID() };
    if (token) headers.Authorization = `Bearer ${token}`;
    const answer = await fetch(empty.address + path, { method: "POST", headers, body: JSON.stringify(body) });
    assert.ok(answer.ok, `${path}: ${answer.status} ${await answer.clone().text()}`);
    return answer.json();
  };
  const first = { token: empty.token, org_kind: "community", org_code: "E1", org_name: "空社区",
    login: "first", name: "示例管理员", password: PASSWORD };
  const { access_token: token } = await send("/v1/auth/first-administrator", null, first);
  const orgs = await fetch(`${empty.address}/v1/orgs`, { headers: { Authorization: `Bearer ${token}` } });
  const org = (await orgs.json()).items[0].id;
  const user = async (login, role, more) => {
    const made = await send("/v1/users", token, { login, name: login, password: PASSWORD, ...more });
    await send("/v1/roles", token, { user: made.id, role, org });
  };
  await user("desk", "staff", { org });
  await user("check", "auditor", { org });
  const signIn = await send("/v1/auth/token", null, { login: "desk", password: PASSWORD });
  const member = await send("/v1/members", signIn.access_token, { name: "示例甲", org });
  await user("person", "volunteer", { member: member.id });
  const shop = await send("/v1/merchants", token, { name: "空店", org, model: "community_fund", rate_fen: "50" });
  await user("keeper", "merchant_owner", { merchant: shop.id });
  return ["first", "desk", "check", "person", "keeper"];
}

test("a bank in which there is nothing yet", { timeout: 600_000 }, async () => {
  const empty = await startEmptyBank();
  try {
    const faults = [];
    for (const login of await peopled(empty)) {
      const page = await signedIn(browser, empty, login, { bypassCSP: true });
      await page.goto(`${empty.address}/size/largest?back=/`);
      const look = async (path, status) => {
        if (status >= 500) faults.push(`${login} ${path}: ${status}`);
        if (!await hasSomethingNew(page, kindOf(path))) return;
        await page.setViewportSize(SIZES.phone);
        for (const violation of await violations(page)) faults.push(`${login} ${path}: ${violation}`);
        await page.setViewportSize({ width: 320, height: 640 });
        if (await scrollsSideways(page, 320)) faults.push(`${login} ${path}: scrolls sideways at 320`);
      };
      const paths = await crawl(page, empty, ["/", ...plainPages()], 200, look);
      assert.ok(paths.filter((one) => one.status === 200).length > 4, `${login} sees pages`);
      await page.context().close();
    }
    assert.deepEqual(faults, []);
  } finally {
    await empty.stop();
  }
});

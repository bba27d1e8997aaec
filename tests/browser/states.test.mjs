// Pages in states that are not the usual one: a form that was refused, a bank in which there is nothing yet, and the
// keyboard alone.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  PASSWORD, SIZES, crawl, openBrowser, plainPages, scrollsSideways, signedIn, startBank, startEmptyBank, violations,
} from "./bank.mjs";

const LOGINS = (process.env.LOGINS ?? "volunteer,clerk,owner,staff,reviewer,admin,auditor").split(",");
/** Longer than every field allows, so that the form is refused and nothing is changed. */
const TOO_LONG = "<b>甲".repeat(3_000);
const WRITABLE = "input:not([type]),input[type=text],input[type=tel],input[type=password],textarea";

let bank, browser;
before(async () => {
  bank = await startBank();
  browser = await openBrowser();
}, { timeout: 600_000 });
after(async () => {
  await browser?.close();
  await bank?.stop();
});

/** Fills all fields of the nth form of a page and sends it; the names of its fields, or none if there is no such form. */
async function sendWrong(page, at) {
  const names = await page.evaluate(([at, text, writable]) => {
    const fields = (form) => [...form.querySelectorAll(writable)].filter((field) => !field.closest("[hidden]"));
    const forms = [...document.querySelectorAll("main form[method=post]")].filter((form) => fields(form).length);
    const form = forms[at];
    if (!form) return null;
    for (let box = form.closest("details"); box; box = box.parentElement?.closest("details")) box.open = true;
    for (const field of fields(form)) field.value = text;
    form.dataset.wrong = "1";
    return fields(form).map((field) => [field.name, field.type]);
  }, [at, TOO_LONG, WRITABLE]);
  if (!names) return null;
  const answered = page.waitForResponse((response) => response.request().method() === "POST");
  await page.evaluate(() => {
    const form = document.querySelector("[data-wrong]");
    form.noValidate = true;
    form.requestSubmit(form.querySelector("button:not([type=button])"));
  });
  const answer = await answered;
  await page.waitForLoadState();
  return { names, status: answer.status() };
}

for (const login of LOGINS) {
  test(`forms of ${login} that are refused say so at the field and keep what was typed`, { timeout: 600_000 }, async () => {
    const page = await signedIn(browser, bank, login, { bypassCSP: true });
    await page.goto(`${bank.address}/size/largest?back=/`);
    const paths = await crawl(page, bank, ["/", ...plainPages()]);
    const faults = [];
    let refused = 0;
    for (const { path } of paths.filter((one) => one.status === 200)) {
      for (let at = 0; at < 3; at++) {
        await page.goto(bank.address + path);
        const sent = await sendWrong(page, at);
        if (!sent) break;
        const where = `${path} form ${at}`;
        if (sent.status >= 500) faults.push(`${where}: ${sent.status}`);
        if (sent.status < 400) continue;
        refused++;
        if (!/^有错误：/.test(await page.title())) faults.push(`${where}: its title is ${await page.title()}`);
        const focused = await page.evaluate(() => document.activeElement.matches("[aria-invalid],[role=alert]"));
        if (!focused) faults.push(`${where}: the focus is not at the fault`);
        for (const [name, type] of sent.names) {
          const values = await page.$$eval(`[name="${name}"]`, (all) => all.map((field) => field.value));
          const kept = values.some((value) => value.length >= 200);
          if (values.length && kept === (type === "password")) faults.push(`${where}: ${name} kept ${kept}`);
        }
        for (const violation of await violations(page)) faults.push(`${where}: ${violation}`);
        await page.setViewportSize({ width: 320, height: 640 });
        if (await scrollsSideways(page, 320)) faults.push(`${where}: scrolls sideways at 320`);
        await page.setViewportSize(SIZES.phone);
      }
    }
    assert.deepEqual(faults, []);
    assert.ok(refused > 0 || login === "auditor", "a form was refused");
    await page.context().close();
  });

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
      const viewport = { width: 320, height: 640 };
      const page = await signedIn(browser, empty, login, { bypassCSP: true, viewport });
      await page.goto(`${empty.address}/size/largest?back=/`);
      const paths = await crawl(page, empty, ["/", ...plainPages()]);
      assert.ok(paths.filter((one) => one.status === 200).length > 4, `${login} sees pages`);
      for (const { path, status } of paths) {
        if (status >= 500) faults.push(`${login} ${path}: ${status}`);
        await page.goto(empty.address + path);
        for (const violation of await violations(page)) faults.push(`${login} ${path}: ${violation}`);
        if (await scrollsSideways(page, 320)) faults.push(`${login} ${path}: scrolls sideways at 320`);
      }
      await page.context().close();
    }
    assert.deepEqual(faults, []);
  } finally {
    await empty.stop();
  }
});

// What pages do beyond their forms and links. Every page works without it.
(() => {
  "use strict";

  // A second press while the first is under way sends nothing: the form's key would make it harmless anyway.
  addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (event.target.dataset.sent) event.preventDefault();
    event.target.dataset.sent = "1";
  });
  // A page that comes back from the browser's memory may send its form again.
  addEventListener("pageshow", () => document.querySelectorAll("form").forEach((form) => delete form.dataset.sent));

  // Forms that move points: without an answer from the bank the page stays, says so, and asks again under the same key,
  // under which the bank acts once. Otherwise the browser's own page for a lost network would take its place.
  for (const form of document.querySelectorAll("form[data-lost]")) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (form.dataset.asking) return;
      form.dataset.asking = "1";
      const body = new URLSearchParams(new FormData(form));
      if (event.submitter?.name) body.set(event.submitter.name, event.submitter.value);
      try {
        const answer = await fetch(form.action, { method: "POST", body });
        if (answer.redirected) return location.assign(answer.url);
        const page = await answer.text();
        document.open();
        document.write(page);
        document.close();
      } catch {
        const note = form.querySelector("[data-lost-note]") ?? document.createElement("p");
        Object.assign(note, { className: "alert", role: "alert", tabIndex: -1, textContent: form.dataset.lost });
        note.dataset.lostNote = "";
        form.prepend(note);
        (event.submitter ?? form.querySelector("button")).textContent = form.dataset.again;
        note.focus();
      }
      delete form.dataset.asking;
    });
  }

  // Prints have a button where scripts run; their pages say how to print without one.
  const paper = document.querySelector("[data-print]");
  if (paper) {
    paper.hidden = false;
    paper.addEventListener("click", () => print());
  }

  // People are listed while their name is typed. What may be a whole phone or document is only sent as a form: it stands
  // in no address.
  const live = document.querySelector("form[data-live] [name=q]");
  if (live) {
    const SECRET_DIGITS = 7;
    let waiting;
    const list = async () => {
      const text = live.value.trim();
      if (text.replace(/\D/g, "").length >= SECRET_DIGITS) return;
      const answer = await fetch(`${live.form.action}?q=${encodeURIComponent(text)}`).catch(() => null);
      if (!answer?.ok || text !== live.value.trim()) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const found = page.getElementById("found");
      if (found) document.getElementById("found").replaceWith(found);
    };
    live.addEventListener("input", (event) => {
      clearTimeout(waiting);
      // Not in the middle of a word that an input method is composing.
      if (!event.isComposing) waiting = setTimeout(list, 150);
    });
    live.addEventListener("compositionend", () => (waiting = setTimeout(list, 150)));
  }

  // The volunteer's code: looks every three seconds whether it was used, and makes another when it has run out. Not
  // while the page is hidden.
  const code = document.querySelector("[data-code]");
  if (code) {
    const until = Date.now() + Number(code.dataset.seconds) * 1000;
    let state = code.dataset.state;
    const look = async () => {
      if (document.hidden) return;
      if (state === "live" && Date.now() > until) return location.reload();
      const answer = await fetch(`/me/code/${code.dataset.code}/state`).catch(() => null);
      if (!answer || !answer.ok) return;
      const now = await answer.text();
      if (now !== state) {
        if (now === "used" && navigator.vibrate) navigator.vibrate(200);
        state = now;
        location.reload();
      }
    };
    setInterval(look, 3000);
    document.addEventListener("visibilitychange", look);
  }

  // The code on the leader's phone: the page is read again when the next one follows.
  const renews = document.querySelector("[data-renews]");
  if (renews) setTimeout(() => location.reload(), Number(renews.dataset.renews) * 1000);

  // A list of awards is checked again when one of its cells changes. What is typed meanwhile stays; the button for
  // checking does the same without scripts.
  const list = document.querySelector("form[data-checking]");
  if (list) {
    const note = list.querySelector("[data-note]");
    let turns = 0;
    // What is pasted is checked at once, if it is known what for.
    list.querySelector("#paste").addEventListener("paste", () => {
      if (!list.querySelector("#scheme_item").value) return;
      setTimeout(() => list.requestSubmit(list.querySelector("button[value=check]")), 0);
    });
    const swap = (old, fresh) => (old && fresh ? old.replaceWith(fresh) : old ? old.remove() : null);
    const result = (row, fresh) => {
      row.className = fresh.className;
      row.querySelector(".result").replaceWith(fresh.querySelector(".result"));
      const inputs = fresh.querySelectorAll("input");
      row.querySelectorAll("input").forEach((input, at) => {
        for (const name of ["aria-invalid", "aria-describedby"]) {
          const value = inputs[at].getAttribute(name);
          value === null ? input.removeAttribute(name) : input.setAttribute(name, value);
        }
      });
    };
    list.addEventListener("change", async (event) => {
      if (!event.target.closest(".grid")) return;
      const turn = ++turns;
      list.classList.add("waits");
      note.textContent = list.dataset.checking;
      const body = new URLSearchParams(new FormData(list));
      body.set("step", "check");
      const answer = await fetch(list.action, { method: "POST", body }).catch(() => null);
      const text = answer && answer.ok ? await answer.text() : "";
      // Another cell has changed since: its own check follows.
      if (turn !== turns) return;
      const fresh = new DOMParser().parseFromString(text, "text/html").querySelector("form[data-checking]");
      if (fresh) {
        const [rows, news] = [list, fresh].map((form) => [...form.querySelectorAll(".grid tbody tr")]);
        if (rows.length === news.length) {
          rows.forEach((row, at) => result(row, news[at]));
        } else {
          swap(list.querySelector(".grid tbody"), fresh.querySelector(".grid tbody"));
        }
        swap(list.querySelector(".dock"), fresh.querySelector(".dock"));
        swap(list.querySelector("[data-mend]"), fresh.querySelector("[data-mend]"));
      }
      list.classList.remove("waits");
      note.textContent = "";
    });
  }

  // A scanner gun types where the focus is. On a phone the keyboard would cover the camera.
  if (document.querySelector("[data-finder]") && matchMedia("(pointer: fine)").matches) {
    document.getElementById("code").focus({ preventScroll: true });
  }

  // The till's camera. Browsers that read QR pictures by themselves do; the others get a reader of ours.
  const finder = document.querySelector("[data-finder]");
  if (finder && navigator.mediaDevices) {
    const [video, button, note] = ["video", "button", "[role=status]"].map((part) => finder.querySelector(part));
    const input = document.getElementById("code");
    finder.hidden = false;

    const native = async () => {
      try {
        const formats = await BarcodeDetector.getSupportedFormats();
        if (!formats.includes("qr_code")) return null;
        const detector = new BarcodeDetector({ formats: ["qr_code"] });
        return async () => (await detector.detect(video))[0]?.rawValue;
      } catch {
        return null;
      }
    };
    const ours = () =>
      new Promise((done, failed) => {
        const script = document.createElement("script");
        script.src = finder.dataset.reader;
        script.onerror = failed;
        script.onload = () => {
          const canvas = document.createElement("canvas");
          const paper = canvas.getContext("2d", { willReadFrequently: true });
          done(async () => {
            [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
            if (!canvas.width) return null;
            paper.drawImage(video, 0, 0);
            const image = paper.getImageData(0, 0, canvas.width, canvas.height);
            return globalThis.jsQR(image.data, image.width, image.height)?.data;
          });
        };
        document.head.append(script);
      });

    button.addEventListener("click", async () => {
      let stream;
      try {
        stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      } catch {
        note.textContent = finder.dataset.refused;
        input.focus();
        return;
      }
      video.srcObject = stream;
      video.classList.add("on");
      button.hidden = true;
      note.textContent = finder.dataset.looking;
      await video.play();
      let read = await native();
      const fallback = Date.now() + 2500;
      read ??= await ours();
      for (;;) {
        const text = await read().catch(() => null);
        if (text) {
          stream.getTracks().forEach((track) => track.stop());
          input.value = text;
          input.form.requestSubmit();
          return;
        }
        if (Date.now() > fallback && !globalThis.jsQR) read = await ours();
        await new Promise((done) => setTimeout(done, 120));
      }
    });
  }

  // Checking in: where the phone is goes with the form, for those who have consented. The form is never held up by it.
  const position = document.querySelector("[data-position]");
  if (position && navigator.geolocation) {
    const { latitude, longitude } = position.closest("form").elements;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        latitude.value = coords.latitude.toFixed(6);
        longitude.value = coords.longitude.toFixed(6);
      },
      () => {},
      { enableHighAccuracy: true, maximumAge: 60_000, timeout: 15_000 },
    );
  }

  // The place of an activity, from the phone of who stands there.
  for (const button of document.querySelectorAll("[data-here]")) {
    if (!navigator.geolocation) continue;
    button.hidden = false;
    button.addEventListener("click", () => {
      const { latitude, longitude, radius_metres } = button.form.elements;
      navigator.geolocation.getCurrentPosition(({ coords }) => {
        latitude.value = coords.latitude.toFixed(6);
        longitude.value = coords.longitude.toFixed(6);
        radius_metres.value ||= "200";
      });
    });
  }
})();

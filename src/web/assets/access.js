// Passkeys, and the key of an enrolled device. Loaded on pages of staff alone; the public's pages have none of it.
(() => {
  "use strict";

  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const send = (address, fields) => fetch(address, { method: "POST", body: new URLSearchParams(fields), credentials: "same-origin", headers: { "Accept": "application/json" } });

  // ---- passkeys -----------------------------------------------------------------------------------------------------

  const CANCELLED = "没有确认：通行密钥没有给出签名。请再按一次，并按提示验证本人。";

  const say = (form, words) => {
    const line = form.querySelector("[data-said]");
    if (line) { line.textContent = words; line.hidden = !words; }
    form.removeAttribute("aria-busy");
  };

  // What the hall wants signed: the digest of the act's own text. Whatever it refuses, it refuses with all reasons when the form comes.
  const asked = async (form, address, more) => {
    const fields = {};
    new FormData(form).forEach((value, name) => { if (["csrf", "digest", "meeting", "passkey", "act", "login"].includes(name)) fields[name] = value; });
    const answer = await send(address, { ...fields, ...more });
    if (!answer.ok) return null;
    const proposal = await answer.json();
    if (proposal.origin !== location.origin) throw new Error(`通行密钥只能在 ${proposal.origin} 使用，请从那里打开本页。`);
    return proposal;
  };

  const sign = async (form) => {
    const proposal = await asked(form, form.dataset.passkey, {});
    if (!proposal) return true;
    const made = await navigator.credentials.get({ publicKey: {
      challenge: bytes(proposal.challenge), rpId: proposal.party, userVerification: "required", timeout: 120000,
      allowCredentials: [{ type: "public-key", id: bytes(proposal.credential) }],
    } });
    const fields = form.elements;
    fields.said_at.value = proposal.at;
    fields.client_data.value = text(made.response.clientDataJSON);
    fields.authenticator_data.value = text(made.response.authenticatorData);
    fields.signature.value = text(made.response.signature);
    return true;
  };

  const create = async (form) => {
    const proposal = await asked(form, form.dataset.create, { passkey: "" });
    if (!proposal) return true;
    const made = await navigator.credentials.create({ publicKey: {
      challenge: bytes(proposal.challenge), rp: { id: proposal.party, name: proposal.hall },
      user: { id: bytes(proposal.user), name: proposal.login, displayName: proposal.name },
      pubKeyCredParams: [{ type: "public-key", alg: -7 }, { type: "public-key", alg: -257 }],
      authenticatorSelection: { userVerification: "required", residentKey: "discouraged" }, attestation: "none", timeout: 120000,
      excludeCredentials: proposal.known.map((id) => ({ type: "public-key", id: bytes(id) })),
    } });
    const fields = form.elements;
    fields.made_at.value = proposal.at;
    fields.made_client_data.value = text(made.response.clientDataJSON);
    fields.made_authenticator_data.value = text(made.response.getAuthenticatorData());
    fields.made_key.value = text(made.response.getPublicKey());
    return true;
  };

  // ---- the device's key -------------------------------------------------------------------------------------------------

  const stored = (mode, act) => new Promise((done, failed) => {
    const opening = indexedDB.open("yinxin", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("key");
    opening.onerror = () => failed(opening.error);
    opening.onsuccess = () => {
      const asking = act(opening.result.transaction("key", mode).objectStore("key"));
      asking.onsuccess = () => { opening.result.close(); done(asking.result); };
      asking.onerror = () => failed(asking.error);
    };
  });
  const deviceKey = async () => {
    if (!window.isSecureContext || !window.indexedDB) return null;
    try { return await stored("readonly", (keys) => keys.get("device")); } catch { return null; }
  };

  // The hall's clock, as far as this page knows it.
  let ahead = Number(document.body.dataset.now || 0) - Date.now() / 1000;
  const now = () => Math.round(Date.now() / 1000 + ahead);

  const proof = async (purpose) => {
    const key = await deviceKey();
    if (!key) return null;
    const at = now();
    const signed = new TextEncoder().encode(`yinxin-device/v1\norigin ${location.origin}\n${purpose}\nat ${at}\n`);
    const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, key.private, signed);
    return { device: key.digest, device_at: at, device_signature: text(signature) };
  };

  // A new key waits until the hall has taken it: a form that is refused must not cost the device the key it has.
  const enrol = async (form) => {
    const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign"]);
    const point = await crypto.subtle.exportKey("raw", pair.publicKey);
    const key = { private: pair.privateKey, digest: hex(await crypto.subtle.digest("SHA-256", point)) };
    await stored("readwrite", (keys) => keys.put(key, "waiting"));
    form.elements.key.value = hex(point);
    return true;
  };
  if (document.querySelector("form[data-enrol]") && new URLSearchParams(location.search).get("done") === "enrolled") {
    stored("readonly", (keys) => keys.get("waiting")).then(async (key) => {
      if (!key) return;
      await stored("readwrite", (keys) => keys.put(key, "device"));
      await stored("readwrite", (keys) => keys.delete("waiting"));
      document.body.dataset.enrolled = key.digest;
    });
  }

  const signIn = async (form) => {
    const made = await proof(`sign-in ${form.elements.login.value}`);
    if (made) Object.entries(made).forEach(([name, value]) => { form.elements[name].value = value; });
    return true;
  };

  // A session at this device goes on: a signature, and another cookie.
  const renew = async () => {
    for (let tries = 0; tries < 2; tries++) {
      const made = await proof(`session ${document.body.dataset.deviceSession}`);
      const csrf = document.querySelector("input[name=csrf]")?.value || "";
      const answer = await send("/device/renew", { ...made, csrf });
      const said = await answer.json();
      if (answer.ok) { ahead = said.now - Date.now() / 1000; return true; }
      if (!said.clock) return false;
      ahead = said.now - Date.now() / 1000;
    }
    return false;
  };

  if (document.body.dataset.deviceSession) {
    const waiting = document.querySelector("[data-renewing]");
    const onward = async () => {
      let good = false;
      try { good = await renew(); } catch { if (!waiting) return; }
      if (waiting && good) location.replace(waiting.dataset.renewing);
      if (waiting && !good) { waiting.hidden = true; document.querySelector("[data-foreign]").hidden = false; }
      if (!waiting && !good) location.assign(`/device?next=${encodeURIComponent(location.pathname + location.search)}`);
    };
    if (waiting) onward();
    else {
      setInterval(onward, 60000);
      document.addEventListener("visibilitychange", () => { if (!document.hidden) onward(); });
    }
  }

  // ---- forms ------------------------------------------------------------------------------------------------------

  const steps = [["passkey", sign], ["create", create], ["enrol", enrol], ["signIn", signIn]];
  document.querySelectorAll("form").forEach((form) => {
    const mine = steps.filter(([name]) => name in form.dataset);
    if (!mine.length) return;
    let ready = false;
    form.addEventListener("submit", async (e) => {
      if (ready) { ready = false; return; }
      e.preventDefault();
      e.stopImmediatePropagation();
      if (form.getAttribute("aria-busy") === "true") return;
      form.setAttribute("aria-busy", "true");
      say(form, "");
      form.setAttribute("aria-busy", "true");
      try {
        for (const [, step] of mine) await step(form);
      } catch (error) {
        if (!("signIn" in form.dataset)) { say(form, error instanceof DOMException ? CANCELLED : error.message); return; }
      }
      form.removeAttribute("aria-busy");
      ready = true;
      form.requestSubmit(e.submitter || undefined);
    });
  });
  document.querySelectorAll("[data-needs-passkeys]").forEach((e) => { e.hidden = Boolean(window.isSecureContext && window.PublicKeyCredential); });
})();

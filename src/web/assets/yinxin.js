// What the pages do beyond plain HTML. Everything here is a convenience: each page does its work without it.
(() => {
  "use strict";

  // A draft's picture, drawn again while the clerk types.
  document.querySelectorAll("form[data-preview]").forEach((form) => {
    const panel = document.getElementById(form.dataset.preview);
    const touched = new Set();
    let timer, running;

    const show = (name, text) => {
      const input = form.elements.namedItem(name);
      const field = (input instanceof RadioNodeList ? input[0] : input)?.closest(".field");
      if (!field) return;
      const line = field.querySelector(".problem");
      if (!line) return;
      line.hidden = !text;
      line.textContent = text || "";
      field.classList.toggle("bad", Boolean(text));
      field.querySelectorAll("input, select, textarea").forEach((i) => text ? i.setAttribute("aria-invalid", "true") : i.removeAttribute("aria-invalid"));
    };

    const draw = async () => {
      running?.abort();
      running = new AbortController();
      panel.setAttribute("aria-busy", "true");
      try {
        const body = new URLSearchParams();
        new FormData(form).forEach((value, name) => { if (typeof value === "string") body.append(name, value); });
        const answer = await fetch(form.dataset.previewUrl, { method: "POST", body, signal: running.signal, credentials: "same-origin", headers: { "Accept": "text/html" } });
        if (answer.status === 401) { location.reload(); return; }
        const words = await answer.text();
        panel.innerHTML = words;
        const wrong = new Map([...panel.querySelectorAll("[data-field]")].map((e) => [e.dataset.field, e.dataset.text]));
        touched.forEach((name) => show(name, wrong.get(name)));
        if (panel.querySelector(".pages")) {
          document.querySelectorAll("[data-summary]").forEach((e) => { e.hidden = true; });
          form.querySelectorAll(".bad").forEach((e) => { const i = e.querySelector("[name]"); if (i) show(i.name, ""); });
        }
        panel.removeAttribute("aria-busy");
      } catch (e) {
        if (e.name !== "AbortError") panel.removeAttribute("aria-busy");
      }
    };

    form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(draw, 600); });
    form.addEventListener("change", (e) => { if (e.target.name) touched.add(e.target.name); clearTimeout(timer); timer = setTimeout(draw, 50); });
    document.querySelectorAll("[data-preview-button]").forEach((b) => { b.hidden = true; });
  });

  // A PDF dropped anywhere on its frame.
  document.querySelectorAll("[data-drop]").forEach((frame) => {
    const input = frame.querySelector("input[type=file]");
    const over = (on) => (e) => { e.preventDefault(); frame.classList.toggle("over", on); };
    frame.addEventListener("dragenter", over(true));
    frame.addEventListener("dragover", over(true));
    frame.addEventListener("dragleave", over(false));
    frame.addEventListener("drop", (e) => {
      over(false)(e);
      if (!e.dataTransfer.files.length) return;
      input.files = e.dataTransfer.files;
      frame.closest("form").requestSubmit();
    });
    input.addEventListener("change", () => { if (input.files.length) frame.closest("form").requestSubmit(); });
  });

  // A second click sends nothing twice.
  document.addEventListener("submit", (e) => {
    const form = e.target;
    if (form.getAttribute("aria-busy") === "true") { e.preventDefault(); return; }
    form.setAttribute("aria-busy", "true");
    form.querySelectorAll("[data-busy]").forEach((e) => { e.textContent = e.dataset.busy; });
  });
  addEventListener("pageshow", () => document.querySelectorAll("form[aria-busy]").forEach((f) => {
    f.removeAttribute("aria-busy");
    f.querySelectorAll("[data-busy]").forEach((e) => { e.textContent = ""; });
  }));

  // A question that is open has the focus, and Escape takes it back.
  document.querySelectorAll("details.ask").forEach((ask) => {
    ask.addEventListener("toggle", () => { if (ask.open) ask.querySelector("textarea, input:not([type=hidden]), .ask-body .button")?.focus(); });
    ask.addEventListener("keydown", (e) => { if (e.key === "Escape") { ask.open = false; ask.querySelector("summary").focus(); } });
    ask.querySelectorAll("[data-close]").forEach((b) => b.addEventListener("click", (e) => { e.preventDefault(); ask.open = false; ask.querySelector("summary").focus(); }));
  });

  // Whoever sent a form with problems is led to them.
  document.querySelector("[data-focus]")?.focus();
})();

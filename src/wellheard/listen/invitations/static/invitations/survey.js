// Answers where there is no internet. The page works without this file.
//
// The page with all questions keeps itself and what it loads, so that a service worker can open it
// again without internet. What is sent is first written into the browser's database under its own
// address (one link, one survey) and taken out when the server has said that it arrived: sending
// it twice changes nothing there, as a link is answered once.
(() => {
  "use strict";
  const KEPT = "wellheard-survey";
  const form = document.getElementById("survey");
  if (!form || !window.indexedDB || !window.fetch) return;
  const address = location.pathname;

  const database = new Promise((resolve, reject) => {
    const opening = indexedDB.open(KEPT, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("waiting");
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
  const within = async (mode, what) => {
    const transaction = (await database).transaction("waiting", mode);
    const asked = what(transaction.objectStore("waiting"));
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
  };
  const forget = async () => {
    await within("readwrite", (store) => store.delete(address));
    if (window.caches) await (await caches.open(KEPT)).delete(address);
  };
  const show = (id, on) => {
    document.getElementById(id).hidden = !on;
  };

  // Kept as pairs of name and value: the browser's database takes a photo or recording as it is.
  const asSent = (pairs) => {
    if (form.enctype !== "multipart/form-data") return new URLSearchParams(pairs);
    const data = new FormData();
    for (const [name, value] of pairs) data.append(name, value);
    return data;
  };

  let sending = false;
  const send = async () => {
    if (sending) return;
    sending = true;
    try {
      const body = await within("readonly", (store) => store.get(address));
      if (body === undefined) return;
      const answer = await fetch(address, { method: "POST", body: asSent(body) });
      if (answer.status >= 500) throw new Error("later");
      await forget();
      // Something to put right: the browser itself sends it, and shows what the server says.
      if (answer.status === 422) form.submit();
      else location.replace(answer.redirected ? answer.url : new URL("../", location));
    } catch {
      show("survey-waiting", true);
      document.getElementById("survey-waiting").focus();
    } finally {
      sending = false;
    }
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopPropagation();
    const body = [...new FormData(form)].filter(([, value]) => typeof value === "string" || value.size);
    try {
      await within("readwrite", (store) => store.put(body, address));
    } catch {
      form.submit(); // No room, or a private window: then as without this file.
      return;
    }
    await send();
  });
  window.addEventListener("online", send);

  const restore = (body) => {
    for (const [name, value] of body) {
      for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
        if (typeof value !== "string") {
          const chosen = new DataTransfer();
          chosen.items.add(value);
          field.files = chosen.files;
        } else if (field.type === "radio" || field.type === "checkbox") field.checked ||= field.value === value;
        else field.value = value;
      }
    }
  };
  const begin = async () => {
    const body = await within("readonly", (store) => store.get(address));
    if (body !== undefined) {
      restore(body);
      await send();
    }
    if (!navigator.serviceWorker || !window.caches) return;
    await navigator.serviceWorker.register(form.dataset.worker, { scope: form.dataset.scope });
    await navigator.serviceWorker.ready;
    if (navigator.onLine) {
      const loaded = performance.getEntriesByType("resource").map((entry) => new URL(entry.name).pathname);
      const wanted = loaded.filter((path) => path.startsWith("/static/"));
      await (await caches.open(KEPT)).addAll([address, ...new Set(wanted)]);
    }
    show("survey-ready", true);
  };
  begin().catch(() => {}); // A browser that refuses to keep anything: the page goes on without.
})();

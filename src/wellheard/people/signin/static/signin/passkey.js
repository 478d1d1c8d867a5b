// Passkeys. Each form marked data-passkey="create" or "get" asks the browser for a credential when
// its button is pressed, and sends it in its field named "credential". What to ask for lies as JSON
// in the element named by data-options, or, with data-options-url, is fetched first.
const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");

const described = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

async function options(form) {
  const { optionsUrl: url, options: id } = form.dataset;
  if (!url) return JSON.parse(document.getElementById(id).textContent);
  const answer = await fetch(url, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(answer.statusText);
  return answer.json();
}

async function created(form) {
  const { publicKey } = (await options(form)).creation_options;
  const credential = await navigator.credentials.create({
    publicKey: {
      ...publicKey,
      challenge: bytes(publicKey.challenge),
      user: { ...publicKey.user, id: bytes(publicKey.user.id) },
      excludeCredentials: described(publicKey.excludeCredentials),
      authenticatorSelection: {
        ...publicKey.authenticatorSelection,
        residentKey: "required",
        requireResidentKey: true,
        userVerification: "required",
      },
    },
  });
  return told(credential, {
    attestationObject: text(credential.response.attestationObject),
    transports: credential.response.getTransports?.() ?? [],
  });
}

async function got(form) {
  const { publicKey } = (await options(form)).request_options;
  const credential = await navigator.credentials.get({
    publicKey: {
      ...publicKey,
      challenge: bytes(publicKey.challenge),
      allowCredentials: described(publicKey.allowCredentials),
    },
  });
  const { authenticatorData, signature, userHandle } = credential.response;
  return told(credential, {
    authenticatorData: text(authenticatorData),
    signature: text(signature),
    userHandle: userHandle ? text(userHandle) : null,
  });
}

const told = (credential, response) =>
  JSON.stringify({
    type: credential.type,
    id: credential.id,
    rawId: text(credential.rawId),
    authenticatorAttachment: credential.authenticatorAttachment ?? null,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: { clientDataJSON: text(credential.response.clientDataJSON), ...response },
  });

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) continue;
  form.hidden = false;
  document.querySelectorAll("[data-without-passkey]").forEach((words) => (words.hidden = true));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const problem = form.querySelector("[data-passkey-problem]");
    problem.hidden = true;
    try {
      const ask = form.dataset.passkey === "create" ? created : got;
      form.elements.credential.value = await ask(form);
      form.submit();
    } catch {
      // Cancelled, timed out or refused: the browser says no more, and neither can we.
      problem.hidden = false;
    }
  });
}

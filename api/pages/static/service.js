/** Ask the server and the browser: which grid, and where am I. */

/** Return the answer for {address} or {lon, lat}; throws an Error whose message is for people. */
export function locate(question, words) {
  return call(`v1/locate?${new URLSearchParams(question)}`, {}, words);
}

/** Return what a text that is being typed may become; none where the server says nothing. */
export async function suggest(text, day) {
  const query = new URLSearchParams({ q: text, limit: 8, ...(day ? { at: day } : {}) });
  try {
    const response = await fetch(`v1/suggest?${query}`);
    return response.ok ? (await response.json()).suggestions : [];
  } catch {
    return [];
  }
}

/** Say that the answer to a question is wrong; return what the server says to that. */
export function report(question, text, words) {
  const { at, ...place } = question;
  const options = {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...place, text }),
  };
  return call("v1/reports", options, words);
}

async function call(path, options, words) {
  let response;
  try {
    response = await fetch(path, { ...options, headers: { accept: "application/json", ...options.headers } });
  } catch {
    throw new Error(words.offline);
  }
  const body = await response.json().catch(() => null);
  if (response.ok && body) return body;
  if (body?.error?.code === "no-plan-then") throw new Error(words.noPlanThen);
  throw new Error(body?.error ? `${body.error.message} – ${body.error.remedy}` : words.offline);
}

/** Return the device's position; throws an Error that says why there is none. */
export function position(words) {
  if (!window.isSecureContext) return Promise.reject(new Error(words.insecure));
  if (!navigator.geolocation) return Promise.reject(new Error(words.unsupported));
  return new Promise((resolve, reject) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve(coords),
      (failure) => reject(new Error(failure.code === 1 ? words.refused : words.unavailable)),
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 10000 },
    );
  });
}

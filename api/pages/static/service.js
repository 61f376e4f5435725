/** Ask the server and the browser: which grid, and where am I. */

/** Return the answer for {address} or {lon, lat}; throws an Error whose message is for people. */
export async function locate(question, words) {
  const query = new URLSearchParams(question);
  let response;
  try {
    response = await fetch(`v1/locate?${query}`, { headers: { accept: "application/json" } });
  } catch {
    throw new Error(words.offline);
  }
  const body = await response.json().catch(() => null);
  if (response.ok && body) return body;
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

// Tells whoever opened this page what became of the connection, and closes it.
const outcome = document.getElementById("alter-connect");
if (outcome && window.opener) {
  const { message, origin } = JSON.parse(outcome.textContent);
  if (origin) {
    window.opener.postMessage(message, origin);
    window.close();
  }
}

// Opens the page of the session that the fragment names. Without a window that waits, the page leads back by itself.
if (location.pathname === "/sdk/oauth/connect") {
  const token = new URLSearchParams(location.hash.slice(1)).get("session");
  if (token) {
    const flow = window.opener ? "popup" : "redirect";
    location.replace(`/connect/${encodeURIComponent(token)}?flow=${flow}`);
  } else {
    document.getElementById("nothing").hidden = false;
  }
}

// Look again whether the report is made, and open it when it is. Without scripts the button does the same.
const look = async () => {
  const answer = await fetch(window.location.href, { credentials: "same-origin" });
  if (answer.redirected) {
    window.location.replace(answer.url);
  } else if (answer.ok && (await answer.text()).includes("data-waiting")) {
    window.setTimeout(look, 1500);
  } else {
    window.location.reload();
  }
};
window.setTimeout(look, 1500);

// While the form of an entry is open, says so every minute, and shows who else has it open. Without it the page says so on saving.
const place = document.getElementById("busy");
const token = document.querySelector("#entry [name=csrfmiddlewaretoken]");

async function touch() {
  if (document.hidden) return;
  try {
    const answer = await fetch(place.dataset.touch, {method: "POST", headers: {"X-CSRFToken": token.value}});
    if (answer.ok && !answer.redirected) {
      const words = await answer.text();
      if (place.innerHTML.trim() !== words.trim()) place.innerHTML = words;
    }
  } catch { /* the network is away: the next minute tries again */ }
}

if (place && token) setInterval(touch, 60000);

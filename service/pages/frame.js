// What the header's buttons do.
addEventListener('click', async (event) => {
  const button = event.target.closest?.('header button');
  if (button?.dataset.language) {
    document.cookie = `changshou_language=${button.dataset.language}; path=/; max-age=31536000; samesite=strict`;
    location.reload();
  } else if (button?.dataset.leave !== undefined) {
    await fetch('/v1/session', {method: 'DELETE'});
    location.assign('/sign-in');
  }
});

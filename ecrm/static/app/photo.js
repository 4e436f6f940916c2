/* Photos: one from the camera joins those that were chosen, large ones shrink before they travel; the original stays where that fails. */
(function () {
  "use strict";

  const LONGEST = 2560, LARGE = 1000000, QUALITY = 0.85, MOST = 5;

  async function shrunk(file) {
    if (!file.type.startsWith("image/") || file.size < LARGE) { return file; }
    try {
      const picture = await createImageBitmap(file, {imageOrientation: "from-image"});
      const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height)), canvas = document.createElement("canvas");
      canvas.width = Math.round(picture.width * scale);
      canvas.height = Math.round(picture.height * scale);
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      picture.close();
      const blob = await new Promise(function (resolve) { canvas.toBlob(resolve, "image/jpeg", QUALITY); });
      return blob && blob.size < file.size ? new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", {type: "image/jpeg"}) : file;
    } catch (error) {
      return file;
    }
  }

  function listOf(files) {
    const bag = new DataTransfer();
    files.slice(0, MOST).forEach(function (file) { bag.items.add(file); });
    return bag.files;
  }

  /* Show what is chosen, each with a button that takes it out again. */
  function show(input, list) {
    list.textContent = "";
    Array.from(input.files).forEach(function (file, place) {
      const item = document.createElement("li"), out = document.createElement("button");
      if (file.type.startsWith("image/")) {
        const picture = document.createElement("img");
        picture.alt = "";
        picture.src = URL.createObjectURL(file);
        picture.onload = picture.onerror = function () { URL.revokeObjectURL(picture.src); };
        item.appendChild(picture);
      }
      item.appendChild(document.createElement("span")).textContent = file.name;
      out.type = "button";
      out.textContent = "×";
      out.setAttribute("aria-label", (list.dataset.remove || "") + " " + file.name);
      out.addEventListener("click", function () {
        input.files = listOf(Array.from(input.files).filter(function (_file, other) { return other !== place; }));
        show(input, list);
        input.dispatchEvent(new Event("input", {bubbles: true}));
      });
      item.appendChild(out);
      list.appendChild(item);
    });
  }

  /* The gallery's field holds everything; the camera's is emptied into it. */
  function join(form) {
    const gallery = form.querySelector("input[type=file][multiple]"), camera = form.querySelector("input[type=file][capture]");
    const list = document.createElement("ul");
    if (!gallery || form.dataset.photos) { return; }
    form.dataset.photos = "joined";
    list.className = "chosen";
    list.dataset.remove = gallery.dataset.remove || "";
    gallery.closest("[data-files]").appendChild(list);
    let busy = Promise.resolve();
    async function take(files, kept) {
      gallery.files = listOf(kept.concat(await Promise.all(files.map(shrunk))));
      show(gallery, list);
    }
    gallery.addEventListener("change", function () {
      const files = Array.from(gallery.files);
      busy = take(files, []);
    });
    if (camera) {
      camera.addEventListener("change", function () {
        const files = Array.from(camera.files), kept = Array.from(gallery.files);
        camera.value = "";
        busy = take(files, kept);
      });
    }
    form.addEventListener("reset", function () { window.setTimeout(function () { show(gallery, list); }, 0); });
    form.photosReady = function () { return busy; };
    form.putPhotos = function (files) { gallery.files = listOf(files); show(gallery, list); };
  }

  window.ecrm.photos = {join: join};
  Array.prototype.forEach.call(document.querySelectorAll("form"), function (form) { if (form.querySelector("[data-files]")) { join(form); } });
}());

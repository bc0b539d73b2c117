/* Swagger UI on the API's page; requests tried there carry the session's CSRF token. */
(function () {
  "use strict";
  const root = document.getElementById("swagger-ui");
  if (!root || !window.SwaggerUIBundle) return;

  function token() {
    return JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"] || "";
  }

  root.textContent = "";
  window.SwaggerUIBundle({
    domNode: root,
    url: root.dataset.schema,
    deepLinking: true,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    filter: true,
    persistAuthorization: false,
    presets: [window.SwaggerUIBundle.presets.apis],
    requestInterceptor(request) {
      if (new URL(request.url, location.href).origin === location.origin) request.headers["X-CSRFToken"] = token();
      return request;
    },
  });
})();

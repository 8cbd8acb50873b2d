import { createDockerBackend } from "../../../backends/docker/backend.ts";
import { findProvider } from "../../../providers/registry.ts";
import { createSubject } from "./subject.ts";
import { conformance } from "./suite.ts";

conformance(
  "docker",
  (options) =>
    createSubject((context) => createDockerBackend(context, { providers: findProvider }), options),
);

/** Kubernetes' own kinds, each version loaded when a manifest names it. */

/** What a version brings: classes by kind, each with the schema that checks its instances. */
export type KindsOf = () => Promise<Readonly<Record<string, unknown>>>;

export const API_VERSIONS: Readonly<Record<string, KindsOf>> = {
  v1: () => import("kubernetes-models/v1"),
  "admissionregistration.k8s.io/v1": () => import("kubernetes-models/admissionregistration.k8s.io/v1"),
  "apiextensions.k8s.io/v1": () => import("kubernetes-models/apiextensions.k8s.io/v1"),
  "apiregistration.k8s.io/v1": () => import("kubernetes-models/apiregistration.k8s.io/v1"),
  "apps/v1": () => import("kubernetes-models/apps/v1"),
  "autoscaling/v1": () => import("kubernetes-models/autoscaling/v1"),
  "autoscaling/v2": () => import("kubernetes-models/autoscaling/v2"),
  "batch/v1": () => import("kubernetes-models/batch/v1"),
  "certificates.k8s.io/v1": () => import("kubernetes-models/certificates.k8s.io/v1"),
  "coordination.k8s.io/v1": () => import("kubernetes-models/coordination.k8s.io/v1"),
  "discovery.k8s.io/v1": () => import("kubernetes-models/discovery.k8s.io/v1"),
  "events.k8s.io/v1": () => import("kubernetes-models/events.k8s.io/v1"),
  "flowcontrol.apiserver.k8s.io/v1": () => import("kubernetes-models/flowcontrol.apiserver.k8s.io/v1"),
  "networking.k8s.io/v1": () => import("kubernetes-models/networking.k8s.io/v1"),
  "node.k8s.io/v1": () => import("kubernetes-models/node.k8s.io/v1"),
  "policy/v1": () => import("kubernetes-models/policy/v1"),
  "rbac.authorization.k8s.io/v1": () => import("kubernetes-models/rbac.authorization.k8s.io/v1"),
  "resource.k8s.io/v1": () => import("kubernetes-models/resource.k8s.io/v1"),
  "scheduling.k8s.io/v1": () => import("kubernetes-models/scheduling.k8s.io/v1"),
  "storage.k8s.io/v1": () => import("kubernetes-models/storage.k8s.io/v1"),
};

/** Versions that no supported cluster serves any more, and what came instead. */
export const REMOVED_VERSIONS: Readonly<Record<string, string>> = {
  "extensions/v1beta1": "apps/v1 or networking.k8s.io/v1",
  "apps/v1beta1": "apps/v1",
  "apps/v1beta2": "apps/v1",
  "batch/v1beta1": "batch/v1",
  "policy/v1beta1": "policy/v1",
  "autoscaling/v2beta1": "autoscaling/v2",
  "autoscaling/v2beta2": "autoscaling/v2",
  "networking.k8s.io/v1beta1": "networking.k8s.io/v1",
  "rbac.authorization.k8s.io/v1beta1": "rbac.authorization.k8s.io/v1",
  "storage.k8s.io/v1beta1": "storage.k8s.io/v1",
  "scheduling.k8s.io/v1beta1": "scheduling.k8s.io/v1",
  "apiextensions.k8s.io/v1beta1": "apiextensions.k8s.io/v1",
  "admissionregistration.k8s.io/v1beta1": "admissionregistration.k8s.io/v1",
  "certificates.k8s.io/v1beta1": "certificates.k8s.io/v1",
  "coordination.k8s.io/v1beta1": "coordination.k8s.io/v1",
  "discovery.k8s.io/v1beta1": "discovery.k8s.io/v1",
  "events.k8s.io/v1beta1": "events.k8s.io/v1",
};

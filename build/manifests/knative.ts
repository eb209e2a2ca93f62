import type { IService } from '@kubernetes-models/knative/serving.knative.dev/v1/Service';
import { container, metadata, nodeSelector, podLabels, volumes } from './pod.ts';
import { scaleOf } from './scale.ts';
import { checkNames, sorted, type Workload } from './workload.ts';

/**
 * Makes a Knative Service. Knative ends a pod timeoutSeconds after its SIGTERM, so this is the time that the watchdog
 * takes to drain. The watchdog's own limit for a request is shorter.
 */
export function knativeManifest(workload: Workload): IService {
  checkNames(workload);
  const { annotations, environment, port } = workload;
  const { min, max } = scaleOf(workload);
  const inflight = Number(environment.max_inflight);
  const revisionAnnotations = sorted({
    ...annotations,
    ...(min !== undefined && { 'autoscaling.knative.dev/min-scale': String(min) }),
    ...(max !== undefined && { 'autoscaling.knative.dev/max-scale': String(max) }),
  });
  return {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: metadata(workload),
    spec: {
      template: {
        metadata: {
          labels: podLabels(workload),
          ...(Object.keys(revisionAnnotations).length > 0 && { annotations: revisionAnnotations }),
        },
        spec: {
          // Knative queues requests above that limit, which the watchdog would answer with 429.
          ...(inflight > 0 && { containerConcurrency: inflight }),
          timeoutSeconds: workload.graceSeconds,
          automountServiceAccountToken: workload.authenticates,
          enableServiceLinks: false,
          ...nodeSelector(workload),
          containers: [
            {
              ...container(workload),
              ports: [{ name: 'http1', containerPort: port }],
              readinessProbe: { httpGet: { path: '/_/ready' }, periodSeconds: 2, timeoutSeconds: 2 },
              livenessProbe: { httpGet: { path: '/_/health' }, periodSeconds: 10, timeoutSeconds: 5 },
            },
          ],
          volumes: volumes(workload),
        },
      },
    },
  };
}

import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import type { IService } from 'kubernetes-models/v1/Service';
import { container, metadata, nodeSelector, podLabels, selectorLabels, volumes } from './pod.ts';
import { scaleOf } from './scale.ts';
import { checkNames, type Workload } from './workload.ts';

const HEALTH = { path: '/_/health', port: 'http' };
const READY = { path: '/_/ready', port: 'http' };

/** Makes a Deployment and the Service in front of it. */
export function kubernetesManifests(workload: Workload): [IDeployment, IService] {
  checkNames(workload);
  return [deployment(workload), service(workload)];
}

function deployment(workload: Workload): IDeployment {
  const { name, port, annotations } = workload;
  const labels = podLabels(workload);
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { ...metadata(workload), labels },
    spec: {
      replicas: scaleOf(workload).min ?? 1,
      selector: { matchLabels: selectorLabels(workload) },
      // A new pod is ready before an old one goes.
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      template: {
        metadata: { labels, ...(Object.keys(annotations).length > 0 && { annotations }) },
        spec: {
          automountServiceAccountToken: workload.authenticates,
          enableServiceLinks: false,
          terminationGracePeriodSeconds: workload.graceSeconds,
          ...nodeSelector(workload),
          containers: [
            {
              name,
              ...container(workload),
              ports: [{ name: 'http', containerPort: port, protocol: 'TCP' }],
              // Two minutes for the watchdog to start on a busy node, then a restart.
              startupProbe: { httpGet: HEALTH, periodSeconds: 1, timeoutSeconds: 2, failureThreshold: 120 },
              readinessProbe: { httpGet: READY, periodSeconds: 2, timeoutSeconds: 2, failureThreshold: 2 },
              livenessProbe: { httpGet: HEALTH, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 },
            },
          ],
          volumes: volumes(workload),
        },
      },
    },
  };
}

function service(workload: Workload): IService {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { ...metadata(workload), labels: selectorLabels(workload) },
    spec: {
      selector: selectorLabels(workload),
      ports: [{ name: 'http', port: 8080, protocol: 'TCP', targetPort: 'http' }],
    },
  };
}

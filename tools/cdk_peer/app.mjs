// A CDK program of as many resources as a stack has, judged by cdk-nag: what tools/bench.py compares a preview with.
//     node app.mjs RESOURCES OUTPUT
import { App, CfnResource, Stack, Validations } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { AwsSolutionsChecks } from 'cdk-nag';

const [wanted, outdir] = [Number(process.argv[2]), process.argv[3]];
const app = new App({ outdir });
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));

// A capability: a key, a store with its policy, a queue, a role with a policy of three statements, a log group.
function capability(stack, name) {
  const key = new kms.Key(stack, `${name}-key`, { enableKeyRotation: true });
  const bucket = new s3.Bucket(stack, `${name}-store`, {
    encryption: s3.BucketEncryption.KMS,
    encryptionKey: key,
    enforceSSL: true,
    versioned: true,
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    serverAccessLogsPrefix: 'access/',
  });
  const letters = new sqs.Queue(stack, `${name}-letters`, { encryptionMasterKey: key, enforceSSL: true });
  const queue = new sqs.Queue(stack, `${name}-queue`, {
    encryptionMasterKey: key,
    enforceSSL: true,
    deadLetterQueue: { queue: letters, maxReceiveCount: 3 },
  });
  const role = new iam.Role(stack, `${name}-role`, { assumedBy: new iam.ServicePrincipal('pods.eks.amazonaws.com') });
  role.addToPolicy(new iam.PolicyStatement({ actions: ['s3:ListBucket'], resources: [bucket.bucketArn] }));
  role.addToPolicy(new iam.PolicyStatement({ actions: ['sqs:SendMessage'], resources: [queue.queueArn] }));
  new logs.LogGroup(stack, `${name}-logs`, { encryptionKey: key, retention: logs.RetentionDays.ONE_YEAR });
}

// What runs in a cluster is a manifest in a property.
function object(stack, name) {
  const labels = { app: name };
  const container = { name, image: `registry.example.com/${name}:1.0.0`, resources: { limits: { memory: '1Gi' } } };
  const manifest = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'models', labels },
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [container] } } },
  };
  new CfnResource(stack, name, {
    type: 'Custom::AWSCDK-EKS-KubernetesResource',
    properties: { ServiceToken: 'provider', Manifest: JSON.stringify([manifest]) },
  });
}

const resources = (stack) => stack.node.findAll().filter((one) => one instanceof CfnResource).length;
const platform = new Stack(app, 'platform', { env: { account: '111122223333', region: 'us-east-1' } });
const vpc = new ec2.Vpc(platform, 'network', { maxAzs: 3 });
vpc.addFlowLog('flows');
let made = resources(platform);
for (let part = 0; made < wanted; part += 1) {
  const stack = new Stack(app, `part-${part}`, { env: { account: '111122223333', region: 'us-east-1' } });
  for (let n = 0; n < 24 && made + resources(stack) < wanted - 8; n += 1) {
    capability(stack, `c${n}`);
    for (let k = 0; k < 8; k += 1) object(stack, `c${n}-object-${k}`);
  }
  for (let k = 0; made + resources(stack) < wanted && resources(stack) < 450; k += 1) object(stack, `rest-${k}`);
  made += resources(stack);
}
app.synth();
console.log(made);

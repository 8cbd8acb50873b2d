/**
 * Places on the internet where anybody can have a name, a bucket, a repository or a page of their own: a route to one is a
 * route to everybody there. Each with the page of its owner that says so.
 */

/** One of them. */
export interface SharedPlace {
  /** Canonical: the host itself, or, beginning with `*.`, any name below it. */
  readonly host: string;
  /**
   * `drop`: what is sent there can be read by whoever set it up, without an account or with a free one; `tenants`: paths or
   * names belong to many owners.
   */
  readonly kind: "drop" | "tenants";
  /** What it is, to stand behind "anybody can have". */
  readonly what: string;
  readonly source: string;
}

const S3 = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html";
const GCS = "https://cloud.google.com/storage/docs/request-endpoints";
const AZURE = "https://learn.microsoft.com/azure/storage/common/storage-account-overview";
const GITHUB = "https://docs.github.com/repositories/working-with-files/using-files";
const GIST = "https://docs.github.com/rest/gists/gists";

/** All that is known of; of names that fit several the first counts. */
export const sharedPlaces: readonly SharedPlace[] = [
  tenants("s3.amazonaws.com", "a bucket in the path", S3),
  tenants("*.s3.amazonaws.com", "a bucket", S3),
  tenants("s3.*.amazonaws.com", "a bucket in the path", S3),
  tenants("*.s3.*.amazonaws.com", "a bucket", S3),
  tenants(
    "*.s3-website.*.amazonaws.com",
    "a site",
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/WebsiteEndpoints.html",
  ),
  tenants(
    "*.cloudfront.net",
    "a distribution",
    "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html",
  ),
  tenants(
    "*.execute-api.*.amazonaws.com",
    "an API",
    "https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-call-api.html",
  ),
  tenants(
    "*.lambda-url.*.on.aws",
    "a function",
    "https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html",
  ),
  tenants("storage.googleapis.com", "a bucket in the path", GCS),
  tenants("*.storage.googleapis.com", "a bucket", GCS),
  tenants("storage.cloud.google.com", "a bucket in the path", GCS),
  tenants(
    "firebasestorage.googleapis.com",
    "a bucket in the path",
    "https://firebase.google.com/docs/storage/web/download-files",
  ),
  tenants("*.run.app", "a service", "https://cloud.google.com/run/docs/triggering/https-request"),
  tenants(
    "*.cloudfunctions.net",
    "a function",
    "https://cloud.google.com/functions/docs/calling/http",
  ),
  tenants("*.web.app", "a site", "https://firebase.google.com/docs/hosting"),
  tenants("*.firebaseapp.com", "a site", "https://firebase.google.com/docs/hosting"),
  tenants(
    "*.firebaseio.com",
    "a database",
    "https://firebase.google.com/docs/database/rest/start",
  ),
  tenants("*.blob.core.windows.net", "a storage account", AZURE),
  tenants("*.file.core.windows.net", "a storage account", AZURE),
  tenants("*.queue.core.windows.net", "a storage account", AZURE),
  tenants("*.table.core.windows.net", "a storage account", AZURE),
  tenants("*.web.core.windows.net", "a site", AZURE),
  tenants(
    "*.azurewebsites.net",
    "a site",
    "https://learn.microsoft.com/azure/app-service/overview-hosting-plans",
  ),
  tenants(
    "*.r2.dev",
    "a bucket",
    "https://developers.cloudflare.com/r2/buckets/public-buckets/",
  ),
  tenants(
    "*.r2.cloudflarestorage.com",
    "an account with buckets",
    "https://developers.cloudflare.com/r2/api/s3/api/",
  ),
  tenants(
    "*.workers.dev",
    "a program",
    "https://developers.cloudflare.com/workers/configuration/routing/workers-dev/",
  ),
  tenants("*.pages.dev", "a site", "https://developers.cloudflare.com/pages/"),
  tenants(
    "*.trycloudflare.com",
    "a tunnel",
    "https://developers.cloudflare.com/cloudflare-one/connections/connect-networks/do-more-with-tunnels/trycloudflare/",
  ),
  tenants(
    "*.digitaloceanspaces.com",
    "a bucket",
    "https://docs.digitalocean.com/products/spaces/",
  ),
  tenants(
    "*.backblazeb2.com",
    "a bucket",
    "https://www.backblaze.com/docs/cloud-storage-s3-compatible-api",
  ),
  tenants("*.herokuapp.com", "a program", "https://devcenter.heroku.com/articles/custom-domains"),
  tenants("*.vercel.app", "a site", "https://vercel.com/docs/deployments"),
  tenants("*.netlify.app", "a site", "https://docs.netlify.com/domains-https/custom-domains/"),
  tenants("*.onrender.com", "a program", "https://render.com/docs/web-services"),
  tenants("*.fly.dev", "a program", "https://fly.io/docs/networking/services/"),
  tenants("*.deno.dev", "a program", "https://docs.deno.com/deploy/"),
  tenants("*.supabase.co", "a database", "https://supabase.com/docs/guides/api"),
  tenants("github.com", "a repository", GITHUB),
  tenants("codeload.github.com", "a repository", GITHUB),
  tenants("raw.githubusercontent.com", "a repository", GITHUB),
  tenants("objects.githubusercontent.com", "a release", GITHUB),
  tenants("media.githubusercontent.com", "a repository", GITHUB),
  tenants(
    "*.github.io",
    "a site",
    "https://docs.github.com/pages/getting-started-with-github-pages/about-github-pages",
  ),
  tenants("gist.githubusercontent.com", "a gist", GIST),
  drop("gist.github.com", "a gist", GIST),
  tenants("api.github.com", "a repository or a gist", GIST),
  tenants(
    "uploads.github.com",
    "a release",
    "https://docs.github.com/rest/releases/assets",
  ),
  tenants("gitlab.com", "a repository or a snippet", "https://docs.gitlab.com/api/snippets/"),
  tenants("*.gitlab.io", "a site", "https://docs.gitlab.com/user/project/pages/"),
  tenants(
    "bitbucket.org",
    "a repository",
    "https://support.atlassian.com/bitbucket-cloud/docs/create-a-git-repository/",
  ),
  tenants("codeberg.org", "a repository", "https://docs.codeberg.org/getting-started/"),
  tenants("huggingface.co", "a repository", "https://huggingface.co/docs/hub/repositories"),
  tenants("*.hf.space", "a program", "https://huggingface.co/docs/hub/spaces-embed"),
  tenants("registry.npmjs.org", "a package", "https://docs.npmjs.com/cli/commands/npm-publish"),
  tenants("upload.pypi.org", "a package", "https://docs.pypi.org/api/upload/"),
  tenants(
    "registry-1.docker.io",
    "an image",
    "https://docs.docker.com/docker-hub/repos/",
  ),
  tenants(
    "ghcr.io",
    "an image",
    "https://docs.github.com/packages/working-with-a-github-packages-registry/working-with-the-container-registry",
  ),
  tenants("cdn.jsdelivr.net", "a package", "https://www.jsdelivr.com/documentation"),
  tenants("unpkg.com", "a package", "https://unpkg.com/"),
  tenants(
    "docs.google.com",
    "a document or a form",
    "https://support.google.com/docs/answer/6281888",
  ),
  tenants("drive.google.com", "a file", "https://support.google.com/drive/answer/2494822"),
  tenants(
    "script.google.com",
    "a program",
    "https://developers.google.com/apps-script/guides/web",
  ),
  tenants(
    "content.dropboxapi.com",
    "a folder",
    "https://www.dropbox.com/developers/documentation/http/documentation",
  ),
  drop("pastebin.com", "a paste", "https://pastebin.com/doc_api"),
  drop("transfer.sh", "an upload", "https://github.com/dutchcoders/transfer.sh"),
  drop("file.io", "an upload", "https://www.file.io/developers"),
  drop("0x0.st", "an upload", "https://0x0.st/"),
  drop("webhook.site", "a collector of requests", "https://docs.webhook.site/"),
  drop("*.webhook.site", "a collector of requests", "https://docs.webhook.site/"),
  drop(
    "*.m.pipedream.net",
    "a collector of requests",
    "https://pipedream.com/docs/workflows/building-workflows/triggers",
  ),
  drop("*.requestcatcher.com", "a collector of requests", "https://requestcatcher.com/"),
  drop("*.ngrok.io", "a tunnel", "https://ngrok.com/docs/universal-gateway/domains/"),
  drop("*.ngrok.app", "a tunnel", "https://ngrok.com/docs/universal-gateway/domains/"),
  drop("*.ngrok-free.app", "a tunnel", "https://ngrok.com/docs/universal-gateway/domains/"),
  drop("hooks.slack.com", "a webhook", "https://api.slack.com/messaging/webhooks"),
  drop("hooks.zapier.com", "a webhook", "https://help.zapier.com/hc/en-us/articles/8496288690317"),
  drop("discord.com", "a webhook", "https://discord.com/developers/docs/resources/webhook"),
  drop("discordapp.com", "a webhook", "https://discord.com/developers/docs/resources/webhook"),
  drop("api.telegram.org", "a bot", "https://core.telegram.org/bots/api"),
  drop("ntfy.sh", "a topic", "https://docs.ntfy.sh/publish/"),
  drop(
    "*.ingest.sentry.io",
    "a project",
    "https://docs.sentry.io/concepts/key-terms/dsn-explainer/",
  ),
  drop(
    "*.ingest.us.sentry.io",
    "a project",
    "https://docs.sentry.io/concepts/key-terms/dsn-explainer/",
  ),
];

function tenants(host: string, what: string, source: string): SharedPlace {
  return { host, kind: "tenants", what, source };
}

function drop(host: string, what: string, source: string): SharedPlace {
  return { host, kind: "drop", what, source };
}

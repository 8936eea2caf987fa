/** Which files are workflows. Loaded with the extension itself: imports nothing. */
export function isWorkflowFile(path: string): boolean {
  return /(^|[/\\])\.nexus[/\\]workflows[/\\][^/\\]+\.ya?ml$/.test(path) || /\.nexus\.ya?ml$/.test(path);
}

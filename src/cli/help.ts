export function helpText(_topic: string | undefined): string {
  return "help\n";
}

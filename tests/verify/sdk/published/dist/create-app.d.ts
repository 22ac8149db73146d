export default function createApp(): void;

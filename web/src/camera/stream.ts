// Opening the camera, and saying why it does not.

export type Reason = 'refused' | 'absent' | 'busy' | 'insecure';

export class CameraError extends Error {
  constructor(readonly reason: Reason) {
    super(reason);
  }
}

// openCamera gives the camera at the back, or whichever there is.
export async function openCamera(): Promise<MediaStream> {
  if (!navigator.mediaDevices?.getUserMedia) throw new CameraError('insecure');
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: false,
      video: { facingMode: { ideal: 'environment' }, width: { ideal: 1280 }, height: { ideal: 960 } },
    });
  } catch (error) {
    const reasons: Record<string, Reason> = { NotAllowedError: 'refused', SecurityError: 'refused', NotFoundError: 'absent', OverconstrainedError: 'absent' };
    throw new CameraError(reasons[(error as DOMException).name] ?? 'busy');
  }
}

// allowed tells whether the camera opens without a question.
export async function allowed(): Promise<boolean> {
  try {
    return (await navigator.permissions.query({ name: 'camera' as PermissionName })).state === 'granted';
  } catch {
    return false; // browsers that do not tell
  }
}

import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { drmGpus } from './drm-gpus.js';
import { parseSystemProfiler } from './macos-gpus.js';
import { nvidiaGpus, parseNvidiaSmi, visibleGpus } from './nvidia-gpus.js';
import { softwareAdapter } from './software-adapter.js';
import { parseVulkanSummary } from './vulkan-summary.js';
import { parseVideoControllers } from './windows-gpus.js';

/** Files by their paths below a new folder; a value that begins with `->` is a link. */
function folderOf(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'retune-gpus-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, path, '..'), { recursive: true });
    if (text.startsWith('->')) symlinkSync(text.slice(2), join(root, path));
    else writeFileSync(join(root, path), text);
  }
  return root;
}

const smi = `0, GPU-aaaa1111, 00000000:01:00.0, NVIDIA GeForce RTX 4090, 24564, 550.54.14
1, GPU-bbbb2222, 00000000:41:00.0, NVIDIA A2, [N/A], 550.54.14
`;

test('parseNvidiaSmi() reads name, memory and driver, and leaves what it does not know null', () => {
  const [first, second] = parseNvidiaSmi(smi);
  expect(first).toEqual({
    ...{ vendorId: 0x10de, uuid: 'GPU-aaaa1111', pciAddress: '0000:01:00.0', name: 'NVIDIA GeForce RTX 4090' },
    ...{ memoryBytes: 24564 * 2 ** 20, driver: 'nvidia 550.54.14' },
  });
  expect(second).toMatchObject({ name: 'NVIDIA A2', memoryBytes: null });
  expect(parseNvidiaSmi("NVIDIA-SMI has failed because it couldn't communicate with the driver.\n")).toEqual([]);
});

test('nvidiaGpus() reads /proc where there is no nvidia-smi', async () => {
  const proc = folderOf({
    version:
      'NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.183.01  Sun May 12 19:39:15 UTC 2024\nGCC version: 12\n',
    'gpus/0000:01:00.0/information':
      'Model: \t\t NVIDIA T4\nIRQ:   \t\t 42\nGPU UUID: \t GPU-cccc\nDevice Minor: \t 0\n',
  });
  const absent = async () => null;
  expect(await nvidiaGpus(absent, proc)).toEqual([
    {
      ...{ vendorId: 0x10de, uuid: 'GPU-cccc', pciAddress: '0000:01:00.0', name: 'NVIDIA T4' },
      ...{ memoryBytes: null, driver: 'nvidia 535.183.01' },
    },
  ]);
  expect(await nvidiaGpus(absent, join(proc, 'nowhere'))).toEqual([]);
});

test('visibleGpus() numbers the cards as CUDA_VISIBLE_DEVICES does', () => {
  const gpus = parseNvidiaSmi(smi);
  const names = (text: string | undefined) => visibleGpus(gpus, text).map(({ uuid }) => uuid);
  expect(names(undefined)).toEqual(['GPU-aaaa1111', 'GPU-bbbb2222']);
  expect(names('1,0')).toEqual(['GPU-bbbb2222', 'GPU-aaaa1111']);
  expect(names('GPU-bbbb')).toEqual(['GPU-bbbb2222']);
  expect(names('1,7,0')).toEqual(['GPU-bbbb2222']);
  expect(names('')).toEqual([]);
});

const vulkan = parseVulkanSummary(`==========
VULKANINFO
==========
Devices:
========
GPU0:
	apiVersion         = 1.3.289
	vendorID           = 0x1002
	deviceID           = 0x73bf
	deviceType         = PHYSICAL_DEVICE_TYPE_DISCRETE_GPU
	deviceName         = AMD Radeon RX 6900 XT (RADV NAVI21)
	driverName         = radv
	driverInfo         = Mesa 25.0.7
GPU1:
	vendorID           = 0x10005
	deviceID           = 0x0000
	deviceType         = PHYSICAL_DEVICE_TYPE_CPU
	deviceName         = llvmpipe (LLVM 15.0.6, 256 bits)
	driverName         = llvmpipe
`);

test('drmGpus() reads what the kernel knows, under the names that Vulkan has for it', () => {
  const folder = folderOf({
    'card1/device/vendor': '0x1002\n',
    'card1/device/device': '0x73bf\n',
    'card1/device/mem_info_vram_total': '17163091968\n',
    'card1/device/uevent': 'DRIVER=amdgpu\nPCI_SLOT_NAME=0000:03:00.0\n',
    'card1/device/driver': '->../../../bus/pci/drivers/amdgpu',
    'card0/device/vendor': '0x8086\n',
    'card0/device/device': '0x4680\n',
    'card0/device/uevent': 'PCI_SLOT_NAME=0000:00:02.0\n',
    'card0/device/driver': '->../../../bus/pci/drivers/i915',
    'card0-DP-1/status': 'connected\n',
    'renderD128/device/vendor': '0x1002\n',
  });
  expect(drmGpus(vulkan, folder)).toEqual([
    {
      ...{ vendorId: 0x8086, name: 'Intel GPU 0x4680', memoryBytes: null, driver: 'i915', pciAddress: '0000:00:02.0' },
    },
    {
      ...{ vendorId: 0x1002, name: 'AMD Radeon RX 6900 XT (RADV NAVI21)', memoryBytes: 17163091968 },
      ...{ driver: 'radv Mesa 25.0.7', pciAddress: '0000:03:00.0' },
    },
  ]);
  expect(drmGpus([], join(folder, 'nowhere'))).toEqual([]);
});

test('parseVulkanSummary() tells software from hardware', () => {
  expect(vulkan.map(({ name, software }) => [name.split(' ')[0], software])).toEqual([
    ['AMD', false],
    ['llvmpipe', true],
  ]);
});

test('parseSystemProfiler() and parseVideoControllers() read cards of macOS and Windows, and nothing into nonsense', () => {
  const displays = [
    { sppci_model: 'Apple M2', spdisplays_mtlgpufamilysupport: 'spdisplays_metal3' },
    { sppci_model: 'AMD Radeon Pro 5500M', spdisplays_vram: '8 GB' },
  ];
  expect(parseSystemProfiler(JSON.stringify({ SPDisplaysDataType: displays }))).toMatchObject([
    { name: 'Apple M2', memoryBytes: null, driver: 'Metal' },
    { name: 'AMD Radeon Pro 5500M', memoryBytes: 8 * 2 ** 30, driver: null },
  ]);
  const one = { Name: 'Intel(R) UHD Graphics', AdapterRAM: 1073741824, DriverVersion: '31.0.101.2125' };
  expect(parseVideoControllers(JSON.stringify(one))).toMatchObject([
    { name: 'Intel(R) UHD Graphics', memoryBytes: 2 ** 30, driver: '31.0.101.2125' },
  ]);
  const large = { Name: 'NVIDIA GeForce RTX 4090', AdapterRAM: 4293918720, DriverVersion: null };
  expect(parseVideoControllers(JSON.stringify([one, large]))[1]).toMatchObject({ memoryBytes: null, driver: null });
  for (const nonsense of ['', 'null', '[]', '{}', 'not JSON']) {
    expect(parseSystemProfiler(nonsense)).toEqual([]);
    expect(parseVideoControllers(nonsense)).toEqual([]);
  }
});

test('softwareAdapter() names the software that plays the card, and none where a card is open', () => {
  const swiftShader = '7f00-7f01 r-xp 0 08:01 42   /usr/lib/chromium/libvk_swiftshader.so';
  const llvmpipe = '7f00-7f01 r-xp 0 08:01 42   /usr/lib/x86_64-linux-gnu/libvulkan_lvp.so';
  expect(softwareAdapter(swiftShader, ['/dev/null'])).toBe('SwiftShader');
  expect(softwareAdapter(llvmpipe, ['/dev/urandom'])).toBe('llvmpipe');
  for (const file of ['/dev/dri/renderD128', '/dev/nvidia0', '/dev/dxg']) {
    expect(softwareAdapter(llvmpipe, [file])).toBeNull();
  }
  expect(softwareAdapter('7f00-7f01 r-xp 0 08:01 42   /usr/lib/libvulkan_radeon.so', [])).toBeNull();
});

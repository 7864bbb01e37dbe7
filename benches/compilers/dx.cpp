// Compiles one kernel with a compiler of DirectX, as wgpu does:
//
//   dx.exe fxc|dxc FILE ENTRY
//
// Prints the seconds of processor time that it took, and writes the disassembly to FILE.listing. Fails with the compiler's
// messages where it refuses the kernel. The compilers are d3dcompiler_47.dll and dxcompiler.dll beside this program.

#include <windows.h>
#include <d3dcompiler.h>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

// The parts of dxcapi.h that are used; methods stand in the order of their interfaces.
static const GUID CLSID_DXC_COMPILER = {0x73e22d93, 0xe6ce, 0x47f3, {0xb5, 0xbf, 0xf0, 0x66, 0x4f, 0x39, 0xc1, 0xb0}};
static const GUID IID_COMPILER3 = {0x228b4687, 0x5a6a, 0x4730, {0x90, 0x0c, 0x97, 0x02, 0xb2, 0x20, 0x3f, 0x54}};
static const GUID IID_RESULT = {0x58346cda, 0xdde7, 0x4497, {0x94, 0x61, 0x6f, 0x87, 0xaf, 0x5e, 0x06, 0x59}};
static const GUID IID_BLOB = {0x8ba5fb08, 0x5195, 0x40e2, {0xac, 0x58, 0x0d, 0x98, 0x9c, 0x3a, 0x01, 0x02}};

static const UINT32 UTF8 = 65001;
enum Output { OBJECT = 1, ERRORS = 2, DISASSEMBLY = 5 };

struct Text {
    const void* start;
    SIZE_T size;
    UINT encoding;
};

// ID3DBlob and IDxcBlob have the same methods.
struct DxcResult : IUnknown {
    virtual HRESULT STDMETHODCALLTYPE GetStatus(HRESULT*) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetResult(ID3DBlob**) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetErrorBuffer(ID3DBlob**) = 0;
    virtual BOOL STDMETHODCALLTYPE HasOutput(int) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetOutput(int, REFIID, void**, void**) = 0;
};

struct DxcCompiler : IUnknown {
    virtual HRESULT STDMETHODCALLTYPE Compile(const Text*, LPCWSTR*, UINT32, void*, REFIID, void**) = 0;
    virtual HRESULT STDMETHODCALLTYPE Disassemble(const Text*, REFIID, void**) = 0;
};

struct Compiled {
    bool fine;
    double seconds;
    std::string listing, messages;
};

static std::string text(ID3DBlob* blob) {
    return blob ? std::string(static_cast<char*>(blob->GetBufferPointer()), blob->GetBufferSize()) : std::string();
}

// Processor time of this process so far, in seconds.
static double spent() {
    FILETIME made, ended, kernel, user;
    GetProcessTimes(GetCurrentProcess(), &made, &ended, &kernel, &user);
    auto ticks = [](FILETIME time) { return double((ULONGLONG(time.dwHighDateTime) << 32) + time.dwLowDateTime); };
    return (ticks(kernel) + ticks(user)) * 1e-7;
}

template <class Function> static Function find(const char* library, const char* name) {
    HMODULE module = LoadLibraryA(library);
    FARPROC found = module ? GetProcAddress(module, name) : nullptr;
    if (!found) {
        fprintf(stderr, "%s of %s cannot be loaded: error %lu\n", name, library, GetLastError());
        exit(2);
    }
    return reinterpret_cast<Function>(reinterpret_cast<void*>(found));
}

static Compiled fxc(const std::string& source, const std::string& entry) {
    auto compile = find<pD3DCompile>("d3dcompiler_47.dll", "D3DCompile");
    auto disassemble = find<pD3DDisassemble>("d3dcompiler_47.dll", "D3DDisassemble");
    ID3DBlob *code = nullptr, *messages = nullptr, *listing = nullptr;
    double start = spent();
    HRESULT status = compile(source.data(), source.size(), nullptr, nullptr, nullptr, entry.c_str(), "cs_5_1",
                             D3DCOMPILE_ENABLE_STRICTNESS, 0, &code, &messages);
    double end = spent();
    if (code) disassemble(code->GetBufferPointer(), code->GetBufferSize(), 0, nullptr, &listing);
    return {SUCCEEDED(status), end - start, text(listing), text(messages)};
}

static ID3DBlob* output(DxcResult* result, Output kind) {
    ID3DBlob* blob = nullptr;
    if (result) result->GetOutput(kind, IID_BLOB, reinterpret_cast<void**>(&blob), nullptr);
    return blob;
}

static Compiled dxc(const std::string& source, const std::string& entry) {
    typedef HRESULT(WINAPI * Create)(REFIID, REFIID, void**);
    DxcCompiler* compiler = nullptr;
    find<Create>("dxcompiler.dll", "DxcCreateInstance")(CLSID_DXC_COMPILER, IID_COMPILER3, reinterpret_cast<void**>(&compiler));
    std::wstring name(entry.begin(), entry.end());
    LPCWSTR arguments[] = {L"-E", name.c_str(), L"-T", L"cs_6_0", L"-HV", L"2018", L"-no-warnings", L"-Ges"};
    Text given = {source.data(), source.size(), UTF8};
    DxcResult *result = nullptr, *disassembled = nullptr;
    double start = spent();
    HRESULT status = compiler->Compile(&given, arguments, 8, nullptr, IID_RESULT, reinterpret_cast<void**>(&result));
    double end = spent();
    if (SUCCEEDED(status)) result->GetStatus(&status);
    std::string object = text(output(result, OBJECT));
    Text code = {object.data(), object.size(), 0};
    if (SUCCEEDED(status)) compiler->Disassemble(&code, IID_RESULT, reinterpret_cast<void**>(&disassembled));
    return {SUCCEEDED(status), end - start, text(output(disassembled, DISASSEMBLY)), text(output(result, ERRORS))};
}

int main(int count, char** arguments) {
    if (count != 4) {
        fprintf(stderr, "usage: dx.exe fxc|dxc FILE ENTRY\n");
        return 2;
    }
    std::string compiler = arguments[1], file = arguments[2];
    std::ifstream input(file.c_str(), std::ios::binary);
    std::string source((std::istreambuf_iterator<char>(input)), std::istreambuf_iterator<char>());
    Compiled compiled = (compiler == "dxc" ? dxc : fxc)(source, arguments[3]);
    if (!compiled.fine) {
        fprintf(stderr, "%s\n", compiled.messages.c_str());
        return 1;
    }
    std::ofstream((file + ".listing").c_str(), std::ios::binary) << compiled.listing;
    printf("%.3f\n", compiled.seconds);
    return 0;
}

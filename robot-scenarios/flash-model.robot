*** Settings ***
Documentation    The register-level flash interface in Renode (RM0433 chapter 4) under the protection of a provisioned device and the attacker's own list of
...              accesses, both from our keywords. No firmware runs here: this is evidence about the model that the chip's checks rest on, and for no clause.
Resource         proofboard.resource
Suite Setup      Make Machine
Suite Teardown   Unmake Machine
Test Setup       Make Both As New
Test Teardown    Close Device

*** Variables ***
${PARTS}     ${CURDIR}/../platforms/nucleo_h753zi/parts
# 0 is no key: it seals the bank, or the options, until the next reset (RM0433 4.5.1).
${SEAL BANK 1}     flash TryWriteRegister 0x04 0 4
${SEAL OPTIONS}    flash TryWriteRegister 0x08 0 4

*** Test Cases ***
Write Protection Stops Every Attack
    Protect
    Attack Should Change Nothing    bootloader
    Attack Should Change Nothing    bootloader-copy

The Attack Works Where Nothing Protects
    Protect
    Attack Should Change Something    update

A Wrong Key Locks Bank 1 Until Reset
    Protect
    ${answer}=    Ask    ${SEAL BANK 1}
    Should Be Equal    ${answer}    fault
    Attack Should Change Nothing    application
    Reset Machine
    Attack Should Change Something    application

A Wrong Key Locks The Options Until Reset
    Protect
    Ask    ${SEAL OPTIONS}
    ${before}=    Options
    ${attack}=    Get Option Attack Commands
    Send    ${attack}
    ${after}=    Options
    Should Be Equal    ${after}    ${before}

The Debug Port Does Not Answer At Level 2
    ${open}=    Ask    flash AttachDebugger
    Should Be Equal    ${open}    True
    Protect
    Reset Machine
    ${open}=    Ask    flash AttachDebugger
    Should Be Equal    ${open}    False

A Torn Word Is Unreadable
    Ask    flash CutPower 1 "torn"
    ${attack}=    Get Attack Commands    update
    Send    ${attack}
    Ask    flash CutPower 0 "torn"
    Execute Command    cause Announce "power-on"
    Reset Machine
    ${answer}=    Ask    flash TryRead 0x08120000 32
    Should Be Equal    ${answer}    fault

*** Keywords ***
Make Machine
    [Documentation]    Once for all tests: its parts are compiled as it is made.
    Setup
    Execute Command    include @${PARTS}/board.resc
    Execute Command    emulation SetGlobalQuantum "1"

Unmake Machine
    Reset Emulation
    Teardown

Make Both As New
    [Documentation]    The provisioned device, whose protection is taken; and the machine in Renode, its core halted, its flash as new.
    Make Offline Device
    Execute Command    flash Mutant "${DEFECT}"
    Execute Command    flash Seed "1"
    Reset Machine

Protect
    ${commands}=    Get Protection Commands
    Send    ${commands}

Send
    [Arguments]    ${commands}
    FOR    ${command}    IN    @{commands}
        Execute Command    ${command}
    END

Ask
    [Arguments]    ${command}
    ${answer}=    Execute Command    ${command}
    ${answer}=    Strip String    ${answer}
    RETURN    ${answer}

Reset Machine
    Execute Command    machine Reset
    Execute Command    cpu IsHalted true

Options
    ${status}=    Ask    flash PeekOption 0x1c
    ${bank 1}=    Ask    flash PeekOption 0x38
    ${bank 2}=    Ask    flash PeekOption 0x138
    RETURN    ${status} ${bank 1} ${bank 2}

Attack Should Change Nothing
    [Arguments]    ${region}
    ${before}    ${after}=    Attack    ${region}
    Should Be Equal    ${after}    ${before}

Attack Should Change Something
    [Arguments]    ${region}
    ${before}    ${after}=    Attack    ${region}
    Should Not Be Equal    ${after}    ${before}

Attack
    [Arguments]    ${region}
    ${commands}=    Get Attack Commands    ${region}
    # Something to lose: an erased sector would not show an erase.
    ${start}=    Get Region Start    ${region}
    Execute Command    flash PokeHex ${start} "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
    ${before}=    Ask    flash ContentsHash
    Send    ${commands}
    ${after}=    Ask    flash ContentsHash
    RETURN    ${before}    ${after}

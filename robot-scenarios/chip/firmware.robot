*** Settings ***
Documentation    The very firmware as native code and interpreted modules on the Cortex-M7 in Renode: Renode's keywords watch the console and run the machine, ours
...              provision it and attack it. Needs `npm run build:chip`. What runs is not the device of the report, which only tells how one is provisioned, so that no test names a clause.
Resource         ../proofboard.resource
Suite Setup      Make Machine
Suite Teardown   Unmake Machine
Test Setup       Provision
Test Teardown    Close Device

*** Variables ***
${PARTS}      ${CURDIR}/../../platforms/nucleo_h753zi/parts
${CONSOLE}    sysbus.usart3

*** Test Cases ***
Hands Over To The Application
    Protect
    Power On
    Wait For Line On Uart    boot: handover \\d+\\.\\d+\\.\\d+    timeout=60    treatAsRegex=true
    Wait For Line On Uart    app: identity    timeout=120

A Tampered Image Does Not Run
    Protect
    Execute Command    flash PokeHex 0x08050000 "ff"
    Power On
    Wait For Line On Uart    boot: halt image-    timeout=60

Missing Protection Stops It
    Power On
    Wait For Line On Uart    boot: halt protection-missing    timeout=60

After Hand-Over The Application Cannot Be Changed
    Protect
    Power On
    Wait For Line On Uart    boot: handover    timeout=60
    Attack Should Change Nothing    application
    Attack Should Change Nothing    bootloader
    Attack Should Change Nothing    bootloader-copy
    ${open}=    Execute Command    flash AttachDebugger
    Should Contain    ${open}    False

*** Keywords ***
Make Machine
    Setup
    Execute Command    include @${PARTS}/board.resc
    Execute Command    emulation SetAdvanceImmediately true

Unmake Machine
    Reset Emulation
    Teardown

Provision
    [Documentation]    The chip's flash as a station leaves it, no option changed yet, the core not started.
    Execute Command    pause
    Execute Command    flash Mutant "${DEFECT}"
    Execute Command    flash Seed "1"
    Make Offline Device
    ${commands}=    Get Loading Commands
    Send    ${commands}

Protect
    ${commands}=    Get Protection Commands
    Send    ${commands}

Power On
    Create Terminal Tester    ${CONSOLE}
    Execute Command    cause Announce "power-on"
    Execute Command    machine Reset
    Start Emulation

Send
    [Arguments]    ${commands}
    FOR    ${command}    IN    @{commands}
        Execute Command    ${command}
    END

Attack Should Change Nothing
    [Arguments]    ${region}
    ${before}    ${after}=    Attack    ${region}
    Should Be Equal    ${after}    ${before}

Attack
    [Arguments]    ${region}
    Execute Command    pause
    ${commands}=    Get Attack Commands    ${region}
    ${before}=    Execute Command    flash ContentsHash
    Send    ${commands}
    ${after}=    Execute Command    flash ContentsHash
    RETURN    ${before}    ${after}

*** Settings ***
Documentation    The bootloader runs first after every kind of reset and hands over to a verified application.
Resource         proofboard.resource
Test Teardown    End Test

*** Test Cases ***
Boots After Power-On
    [Tags]    th-authrepl.3
    Make Offline Device
    ${line}=    Boot Device
    Should Match Regexp    ${line}    handover \\d+\\.\\d+\\.\\d+

Boots After Every Kind Of Reset
    [Tags]    th-imboot.1    th-authrepl.3
    Make Offline Device
    ${first}=    Boot Device
    FOR    ${kind}    IN    power-on    pin    watchdog    software    brown-out
        ${line}=    Reboot Device    ${kind}
        Should Be Equal    ${line}    ${first}
    END

Does Not Run With Its Protection Missing
    [Tags]    th-imboot.5
    Make Offline Device
    Boot Device
    Lift Write Protection
    Device Should Refuse To Boot    protection-partial
